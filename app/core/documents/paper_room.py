"""Reads a stranger's PDF in a process apart: a small file can be made to take hours and gigabytes; a process can be
ended.

It begins with the first PDF and stays, as its libraries take seconds to load. One file is read at a time.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from threading import Lock

from asn1crypto import x509

from app.core.documents.papers import PaperRead, UnreadablePaper
from app.core.errors import DomainError
from app.core.i18n import gettext as _

CPU_SECONDS = 5  # a certificate takes a tenth of one
MEGABYTES = 1024
WAIT_SECONDS = 40  # on a machine that is busy with other things
START_SECONDS = 50


class RoomTaken(DomainError):
    """Other files are being read for longer than anybody wants to wait."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            _("Other files are being checked just now. Try again in a minute."), "busy"
        )


class PaperRoom:
    """The process and the way to it; whoever comes while a file is read waits."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: SpawnProcess | None = None
        self._way: Connection | None = None

    def read(self, data: bytes, signers: Sequence[x509.Certificate]) -> PaperRead:
        """As ``papers.read_paper``; what cannot be read within the limits is unreadable, too. Raises RoomTaken."""
        if not self._lock.acquire(timeout=WAIT_SECONDS):
            raise RoomTaken
        try:
            return self._ask(data, [one.dump() for one in signers])
        finally:
            self._lock.release()

    def _ask(self, data: bytes, signers: list[bytes]) -> PaperRead:
        try:
            way = self._open()
            way.send((data, signers))
            answer = way.recv() if way.poll(WAIT_SECONDS) else None
        except (EOFError, OSError):
            answer = None  # it was ended for taking too much
        if not isinstance(answer, (PaperRead, str)):
            self.close()
            raise UnreadablePaper("took too long, or too much memory")
        if isinstance(answer, str):
            raise UnreadablePaper(answer)
        return answer

    def _open(self) -> Connection:
        if self._way is not None and self._process is not None and self._process.is_alive():
            return self._way
        self.close()
        context = multiprocessing.get_context(
            "spawn"
        )  # threads run here: a fork would copy their locks
        here, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there,), daemon=True)
        self._process.start()
        there.close()
        self._way = here
        if not here.poll(START_SECONDS):
            raise RoomTaken
        here.recv()
        return here

    def close(self) -> None:
        """End the process; the next file begins another."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
        if self._way is not None:
            self._way.close()
        self._process = self._way = None


def _serve(way: Connection) -> None:
    """Read one file after the other, until nobody is at the other end or one takes too much."""
    from app.core.documents.paper_reading import read

    os.nice(10)
    most = MEGABYTES * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    way.send("ready")
    with suppress(EOFError, KeyboardInterrupt):
        while True:
            data, signers = way.recv()
            used = resource.getrusage(resource.RUSAGE_SELF)
            spent = int(used.ru_utime + used.ru_stime)
            hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
            resource.setrlimit(resource.RLIMIT_CPU, (spent + CPU_SECONDS + 1, hard))
            try:
                known = [x509.Certificate.load(one) for one in signers]
                answer: PaperRead | str = read(data, known)
            except (UnreadablePaper, MemoryError) as error:
                answer = str(error)
            way.send(answer)


paper_room = PaperRoom()
