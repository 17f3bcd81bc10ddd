"""Settings, read from the environment (prefix ``XINYU_``) and nowhere else."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

PREFIX = "XINYU_"
PROJECT_ROOT = Path(__file__).resolve().parent.parent
SECRET_NAMES = ("SECRET_KEY", "FIELD_KEY")


class MissingSettings(Exception):
    """Production was asked for without the secrets it needs."""


@dataclass(frozen=True)
class MailSettings:
    """Where mail goes: an SMTP server, or (no host) files under ``instance/mail``."""

    host: str | None = None
    port: int = 25
    username: str | None = None
    password: str | None = None
    use_tls: bool = False
    use_ssl: bool = False
    sender: str = "xinyu@localhost"


@dataclass(frozen=True)
class Settings:
    """Everything the environment decides. ``environment``: single, production or testing.

    ``proxies``: how many proxies in front are believed about the client's address. ``accel``: where nginx in front
    finds the media folder, to which large files are handed on (X-Accel-Redirect). ``packages_url``: the origin from
    which course packages are shown, of another host than the pages. ``pdf_certificate``: the PKCS#12 file that signs
    PDFs instead of a key made here.
    """

    environment: str
    instance: Path
    database_url: str
    secret_key: str
    field_keys: list[str]
    base_url: str
    timezone: str = "Asia/Shanghai"
    redis_url: str | None = None
    mail: MailSettings = field(default_factory=MailSettings)
    idle_minutes: int = 30
    upload_megabytes: int = 20
    proxies: int = 0
    accel: str | None = None
    video_megabytes: int = 1024
    packages_url: str | None = None
    package_megabytes: int = 500
    pdf_certificate: Path | None = None
    pdf_certificate_password: str | None = None

    @property
    def is_production(self) -> bool:
        return self.environment == "production"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises MissingSettings in production, naming what is missing."""
    source = os.environ if environ is None else environ
    values = {key[len(PREFIX) :]: value for key, value in source.items() if key.startswith(PREFIX)}
    environment = values.get("ENV", "single")
    if environment not in {"single", "production", "testing"}:
        raise MissingSettings(f"XINYU_ENV must be 'single' or 'production', not {environment!r}")
    instance = Path(values.get("INSTANCE", PROJECT_ROOT / "instance"))
    secret_values = _secrets(values, environment, instance)
    port = source.get("PORT", "8000")
    base_url = values.get("BASE_URL", f"http://127.0.0.1:{port}").rstrip("/")
    return Settings(
        environment=environment,
        instance=instance,
        database_url=values.get("DATABASE_URL") or f"sqlite:///{instance / 'xinyu.db'}",
        secret_key=secret_values["SECRET_KEY"],
        field_keys=[key for key in secret_values["FIELD_KEY"].split(",") if key],
        base_url=base_url,
        timezone=values.get("TIMEZONE", "Asia/Shanghai"),
        redis_url=values.get("REDIS_URL") or None,
        mail=_mail(values.get("MAIL_URL", ""), values.get("MAIL_FROM")),
        idle_minutes=int(values.get("IDLE_MINUTES", "30")),
        proxies=int(values.get("PROXIES", "0")),
        accel=values.get("ACCEL", "").rstrip("/") or None,
        video_megabytes=int(values.get("VIDEO_MEGABYTES", "1024")),
        packages_url=_packages_url(values.get("PACKAGES_URL", ""), base_url, environment),
        package_megabytes=int(values.get("PACKAGE_MEGABYTES", "500")),
        pdf_certificate=_file(values.get("PDF_CERTIFICATE", "")),
        pdf_certificate_password=values.get("PDF_CERTIFICATE_PASSWORD") or None,
    )


def _file(given: str) -> Path | None:
    return Path(given).expanduser() if given else None


def _packages_url(given: str, base_url: str, environment: str) -> str | None:
    """The origin of packages. Raises MissingSettings where it would not keep their scripts from the pages."""
    if not given:
        return None
    parts, pages = urlsplit(given), urlsplit(base_url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        raise MissingSettings("XINYU_PACKAGES_URL is an address like https://packages.example.cn")
    if environment == "production" and parts.scheme != "https":
        raise MissingSettings("XINYU_PACKAGES_URL must begin with https:// in production")
    if parts.hostname == pages.hostname:
        raise MissingSettings(
            "XINYU_PACKAGES_URL must name another host than XINYU_BASE_URL: cookies do not tell ports apart"
        )
    return f"{parts.scheme}://{parts.netloc}"


def _secrets(values: Mapping[str, str], environment: str, instance: Path) -> dict[str, str]:
    given = {name: values[name] for name in SECRET_NAMES if values.get(name)}
    missing = [PREFIX + name for name in SECRET_NAMES if name not in given]
    if environment == "production":
        if not values.get("BASE_URL", "").startswith("https://"):
            missing.append("XINYU_BASE_URL (https://…)")
        if missing:
            raise MissingSettings("XINYU_ENV=production needs: " + ", ".join(missing))
        return given
    return given if not missing else {**_own_secrets(instance), **given}


def _own_secrets(instance: Path) -> dict[str, str]:
    """The secrets a single machine makes for itself and keeps, readable by its owner only."""
    instance.mkdir(parents=True, exist_ok=True)
    path = instance / "secrets.json"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        loaded: dict[str, str] = json.loads(path.read_text())
        return loaded
    made = {name: secrets.token_urlsafe(48) for name in SECRET_NAMES}
    with os.fdopen(descriptor, "w") as handle:
        json.dump(made, handle)
    return made


def _mail(url: str, sender: str | None) -> MailSettings:
    defaults = MailSettings()
    if not url:
        return defaults
    parts = urlsplit(url)
    ssl = parts.scheme == "smtps"
    return MailSettings(
        host=parts.hostname,
        port=parts.port or (465 if ssl else 25),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=ssl,
        sender=sender or defaults.sender,
    )
