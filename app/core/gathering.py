"""Requests that wish for the same in one moment are carried out together, whichever process of the machine they are in.

One process leads: whichever first locked a file beside the socket on which all reach it. Its thread takes every wish
that lies before it, has them carried out, answers, and takes what came meanwhile. So a rush costs a lock, a commit
and a round of statements for many, instead of one each (core.combining does it within a process). Nothing depends on
it: whoever gets no answer has to look for themselves whether their wish was fulfilled.
"""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from selectors import EVENT_READ, DefaultSelector
from socket import AF_UNIX, MSG_DONTWAIT, MSG_PEEK, SOCK_SEQPACKET, socket
from threading import Lock, Thread, local

MOST = 50
LONGEST = 16_384  # bytes of one wish, and of one answer
PATIENCE = (
    25.0  # seconds for an answer: more than anybody waits for their turn to write (core.turns)
)
STARTING = 1.0  # seconds for a new leader to open its socket

_log = logging.getLogger(__name__)
CarryOut = Callable[[Sequence[bytes]], Sequence[bytes]]


class Gatherer:
    """``carry_out`` does many wishes at once, in their order, and answers each; ``address`` is where they are taken."""

    def __init__(self, address: Path, carry_out: CarryOut) -> None:
        self._address, self._carry_out = address, carry_out
        self._lock: int | None = None
        self._complained = False
        self._begin_anew()
        os.register_at_fork(after_in_child=self._begin_anew)

    def ask(self, wish: bytes) -> bytes | None:
        """Have a wish carried out together with others. None: no answer came, so it was done or it was not."""
        answer = b""
        try:
            try:
                answer = self._hand_in(wish).recv(LONGEST)
            except ConnectionResetError:  # who led is gone and has not read it
                self._hang_up()
                answer = self._hand_in(wish).recv(LONGEST)
        except OSError as error:
            self._complain(error)
        if not answer:
            self._hang_up()
        return answer or None

    def _hand_in(self, wish: bytes) -> socket:
        """Over the connection of this thread, or over a new one if whoever led before is gone."""
        line: socket | None = getattr(self._own, "line", None)
        if line is not None:
            try:
                line.send(wish)
            except OSError:
                self._hang_up()
            else:
                return line
        line = self._own.line = self._connect()
        line.send(wish)
        return line

    def _hang_up(self) -> None:
        """A wish that nobody waits for any more is not carried out, if it is not being carried out already."""
        line: socket | None = getattr(self._own, "line", None)
        if line is not None:
            self._own.line = None
            line.close()

    def _connect(self) -> socket:
        until = time.monotonic() + STARTING
        while True:
            line = socket(AF_UNIX, SOCK_SEQPACKET)
            line.settimeout(PATIENCE)
            try:
                line.connect(str(self._address))
            except (FileNotFoundError, ConnectionRefusedError):
                line.close()
                if time.monotonic() > until:
                    raise
                if not self._try_to_lead():
                    time.sleep(0.005)
            except OSError:
                line.close()
                raise
            else:
                return line

    def _try_to_lead(self) -> bool:
        """Lead, unless somebody does; the kernel frees the lock of a process that dies."""
        with self._guard:
            if self._lock is not None:
                return False
            lock = os.open(self._address.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                listener = _listen(self._address)
            except OSError as error:
                os.close(lock)
                if isinstance(error, BlockingIOError):
                    return False
                raise
            self._lock = lock
        Thread(target=self._lead, args=(listener,), name="gatherer", daemon=True).start()
        return True

    def _lead(self, listener: socket) -> None:
        lines = _Lines(listener)
        try:
            while True:
                came = lines.take()
                for start in range(0, len(came), MOST):
                    self._answer(came[start : start + MOST])
        finally:  # whoever comes next leads
            lines.close()
            with self._guard:
                if self._lock is not None:
                    os.close(self._lock)
                self._lock = None

    def _answer(self, came: Sequence[tuple[socket, bytes]]) -> None:
        try:
            answers = self._carry_out([wish for _line, wish in came])
        except Exception as error:  # each looks for itself then, and meets its own refusal
            # Without the message: it may quote rows.
            _log.warning("%s wishes were not carried out: %s", len(came), type(error).__name__)
            answers = [b""] * len(came)
        for (line, _wish), answer in zip(came, answers, strict=True):
            try:
                line.send(answer)
            except OSError as error:
                _log.info("nobody waits for an answer any more: %s", error)

    def _complain(self, error: OSError) -> None:
        if not self._complained:
            self._complained = True
            _log.warning("wishes of this process are carried out one by one: %s", error)

    def _begin_anew(self) -> None:
        """A forked process asks for itself: what it inherits belongs to its parent."""
        self._guard, self._own = Lock(), local()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _listen(address: Path) -> socket:
    """A socket for the processes of this account only; nobody gets through before it is theirs alone."""
    address.unlink(missing_ok=True)
    listener = socket(AF_UNIX, SOCK_SEQPACKET)
    try:
        listener.bind(str(address))
        address.chmod(0o600)
        listener.listen(128)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


class _Lines:
    """The connections on which wishes come in."""

    def __init__(self, listener: socket) -> None:
        self._listener, self._open = listener, set[socket]()
        self._selector = DefaultSelector()
        self._selector.register(listener, EVENT_READ)

    def take(self) -> list[tuple[socket, bytes]]:
        """Wait for wishes; all that are there, with the connection on which the answer is waited for."""
        came, ready = [], self._selector.select()
        while ready:
            lines = [key.fileobj for key, _events in ready]
            for line in lines:
                assert isinstance(line, socket)
                if line is self._listener:
                    self._accept()
                elif wish := _read(line):
                    came.append((line, wish))
                else:
                    self._forget(line)
            # Who has just come through the door has a wish as well.
            ready = self._selector.select(0) if self._listener in lines else []
        return came

    def _accept(self) -> None:
        while True:
            try:
                line, _address = self._listener.accept()
            except (BlockingIOError, ConnectionError):
                return
            line.setblocking(False)
            self._open.add(line)
            self._selector.register(line, EVENT_READ)

    def _forget(self, line: socket) -> None:
        self._selector.unregister(line)
        self._open.discard(line)
        line.close()

    def close(self) -> None:
        for line in (*self._open, self._listener):
            line.close()
        self._selector.close()


def _read(line: socket) -> bytes:
    """The wish that came on a connection; nothing when whoever wished has hung up."""
    try:
        wish = line.recv(LONGEST)
    except (BlockingIOError, ConnectionError):
        return b""
    try:
        return wish if line.recv(1, MSG_PEEK | MSG_DONTWAIT) else b""
    except BlockingIOError:
        return wish  # nothing more, not even an end: it is waited for
    except ConnectionError:
        return b""
