"""The mail channel: renders a notice in the receiver's language and sends it, or keeps it as a file."""

from __future__ import annotations

import os
import secrets
import smtplib
import ssl
from email.utils import parseaddr
from pathlib import Path
from types import TracebackType

from flask import current_app
from flask_mail import Connection, Mail, Message

from app.core import clock
from app.core.i18n import speaking
from app.domain.outbox.channels import CannotSend, Outgoing
from app.domain.outbox.wording import words_of

SECONDS = 20
KEEP = 0o600


class PatientConnection(Connection):
    """Gives up after some seconds, checks the server's certificate, and does not fail over a goodbye."""

    def configure_host(self) -> smtplib.SMTP | smtplib.SMTP_SSL:
        server, port = self.mail.server, self.mail.port
        host: smtplib.SMTP | smtplib.SMTP_SSL
        if self.mail.use_ssl:
            context = ssl.create_default_context()
            host = smtplib.SMTP_SSL(server, port, timeout=SECONDS, context=context)
        else:
            host = smtplib.SMTP(server, port, timeout=SECONDS)
        if self.mail.use_tls:
            host.starttls(context=ssl.create_default_context())
        if self.mail.username and self.mail.password:
            host.login(self.mail.username, self.mail.password)
        return host

    def __exit__(
        self, exc_type: type[BaseException], exc_value: BaseException, tb: TracebackType
    ) -> None:
        if self.host is None:
            return
        try:
            self.host.quit()
        except (OSError, smtplib.SMTPException):
            self.host.close()


class MailChannel:
    """Deliveries of the channel ``mail``."""

    name = "mail"

    def send(self, outgoing: Outgoing) -> None:
        message = compose(outgoing)
        if not current_app.config["MAIL_SERVER"]:
            keep_as_file(message, Path(current_app.instance_path) / "mail", outgoing.key)
            return
        extension: Mail = current_app.extensions["mail"]
        try:
            with PatientConnection(extension) as connection:
                connection.send(message)
        except smtplib.SMTPRecipientsRefused as refusal:
            codes = {code for code, _text in refusal.recipients.values()}
            raise CannotSend(f"refused: {_codes(codes)}", for_good=min(codes) >= 500) from None
        except smtplib.SMTPResponseException as answer:
            raise CannotSend(f"{type(answer).__name__} {answer.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise CannotSend(type(error).__name__) from None


def _codes(codes: set[int]) -> str:
    return ", ".join(str(code) for code in sorted(codes))


def compose(outgoing: Outgoing) -> Message:
    """The mail in the receiver's language: text, and the same as HTML."""
    with speaking(outgoing.language):
        said = words_of(outgoing.kind, outgoing.parameters)
        base = current_app.extensions["settings"].base_url
        address = outgoing.secret or (f"{base}{outgoing.link}" if outgoing.link else None)
        values = {"said": said, "address": address, **outgoing.parameters}
        message = Message(
            subject=said.title,
            recipients=[outgoing.address],
            body=_render(outgoing.kind, "txt", values),
            html=_render(outgoing.kind, "html", values),
        )
    _name, sender = parseaddr(str(message.sender))
    domain = sender.rpartition("@")[2] or "localhost"
    message.msgId = f"<xinyu.{outgoing.key}@{domain}>"
    message.extra_headers = {"Auto-Submitted": "auto-generated"}
    message.date = clock.now().timestamp()
    return message


def _render(kind: str, form: str, values: dict[str, object]) -> str:
    """From the template of the kind, else the common one; without what pages put in for a request."""
    template = current_app.jinja_env.select_template([f"mail/{kind}.{form}", f"mail/notice.{form}"])
    return template.render(values)


def keep_as_file(message: Message, folder: Path, key: str) -> Path:
    """Write the mail as an .eml file that only this system's user can read (it may carry a secret link)."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    day = clock.local(clock.now()).strftime("%Y%m%d-%H%M%S")
    path = folder / f"{day}-{key}-{secrets.token_hex(3)}.eml"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, KEEP)
    with os.fdopen(descriptor, "wb") as file:
        file.write(message.as_bytes())
    return path
