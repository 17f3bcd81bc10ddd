"""A small real SMTP server in the process of the tests, which can refuse, be busy, or say nothing."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Event, Thread


class SmtpServer(socketserver.ThreadingTCPServer):
    """``answer_to_recipient``: what RCPT TO is answered with. ``silent``: accepts and says nothing."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.messages: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.answer_to_recipient = "250 OK"
        self.answer_to_data = "250 OK"
        self.silent = False
        self.hang_up_after_data = False
        self.stopping = Event()

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    server: SmtpServer

    def _say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        if self.server.silent:
            self.server.stopping.wait(30)
            return
        self._say("220 test ESMTP")
        while line := self.rfile.readline():
            word = line.decode().strip().upper()
            if word.startswith("DATA"):
                self._say("354 go on")
                self._take()
                if self.server.hang_up_after_data:
                    return
            elif word.startswith("RCPT"):
                self.server.recipients.append(line.decode().strip()[8:].strip(" <>"))
                self._say(self.server.answer_to_recipient)
            elif word.startswith("QUIT"):
                self._say("221 bye")
                return
            else:
                self._say("250 OK")

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b"..") else line)
        if self.server.answer_to_data.startswith("2"):
            raw = b"".join(lines)
            self.server.messages.append(message_from_bytes(raw, policy=policy.default))
        self._say(self.server.answer_to_data)


@contextmanager
def smtp_server() -> Iterator[SmtpServer]:
    """A server on a free port until the end of the block."""
    server = SmtpServer()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stopping.set()
        server.shutdown()
        server.server_close()
        thread.join()
