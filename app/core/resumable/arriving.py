"""Begin an upload, take its pieces, say how far it is."""

from __future__ import annotations

import errno
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO

from sqlalchemy import func, select, update

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.file_types import clean_name
from app.core.i18n import gettext as _
from app.core.resumable import storage
from app.core.resumable.models import ResumableUpload

LIFETIME = timedelta(days=7)
MOST_AT_ONCE = 20
ROOM_TO_LEAVE = 512 * 1024 * 1024  # on the disk, for the database and everybody else
_MEGABYTE = 1024 * 1024
_PIECE = 256 * 1024
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})  # several files at once can want the same room


@dataclass(frozen=True, slots=True)
class Standing:
    """How far an upload is. ``expires_at``: when it is thrown away unless more of it comes."""

    token: str
    purpose: str
    file_name: str
    size: int
    received: int
    expires_at: datetime

    @property
    def finished(self) -> bool:
        return self.received == self.size


def begin(
    *, account_id: int, purpose: str, file_name: str, size: int, largest: int, now: datetime
) -> ResumableUpload:
    """Note that a file of so many bytes comes.

    Raises ``empty_file``, ``file_too_large``, ``too_many_uploads``, ``no_room`` (on the disk).
    """
    if size < 1:
        raise InvalidInput(_("The file is empty."), "empty_file", "file")
    if size > largest:
        raise InvalidInput(
            _("A file has at most %(most)s MB.", most=largest // _MEGABYTE),
            "file_too_large",
            "file",
        )
    if _count_unfinished(account_id, now) >= MOST_AT_ONCE:
        raise DomainError(
            _(
                "%(most)s uploads of yours are not finished. Finish or cancel one of them first.",
                most=MOST_AT_ONCE,
            ),
            "too_many_uploads",
            "file",
        )
    if storage.free_bytes() < size + ROOM_TO_LEAVE:
        raise _no_room()
    upload = ResumableUpload(
        token=secrets.token_hex(16),
        account_id=account_id,
        purpose=purpose,
        file_name=clean_name(file_name),
        size=size,
        created_at=now,
        updated_at=now,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def _count_unfinished(account_id: int, now: datetime) -> int:
    return (
        db.session.scalar(
            select(func.count(ResumableUpload.id)).where(
                ResumableUpload.account_id == account_id,
                ResumableUpload.finished_at.is_(None),
                ResumableUpload.used_at.is_(None),
                ResumableUpload.updated_at >= now - LIFETIME,
            )
        )
        or 0
    )


def standing(token: str, *, account_id: int) -> Standing:
    """How far an upload of the account is. Raises NotFound for another's, an unknown, a used and an expired one."""
    upload = db.session.scalar(
        select(ResumableUpload).where(
            ResumableUpload.token == token,
            ResumableUpload.account_id == account_id,
            ResumableUpload.used_at.is_(None),
        )
    )
    if upload is None or upload.updated_at + LIFETIME <= clock.now():
        raise NotFound(_("There is no such upload. Choose the file again."))
    return Standing(
        token=upload.token,
        purpose=upload.purpose,
        file_name=upload.file_name,
        size=upload.size,
        received=min(storage.length_of(token), upload.size),
        expires_at=upload.updated_at + LIFETIME,
    )


def receive(
    token: str, source: IO[bytes], *, account_id: int, offset: int, length: int
) -> Standing:
    """Take ``length`` bytes that belong behind the first ``offset``. What came before the connection broke is kept.

    Called outside any transaction: a slow connection holds none. Raises ``upload_offset`` when the file has another
    length, ``upload_too_long`` when more comes than was announced, ``no_room``; what ``source`` raises passes through.
    """
    before = standing(token, account_id=account_id)
    db.session.rollback()
    if offset != before.received:
        raise _elsewhere()
    if offset + length > before.size:
        raise InvalidInput(
            _("More comes than the file was said to have."), "upload_too_long", "file"
        )
    try:
        _take(token, source, offset, offset + length)
    finally:
        _note(token)
    return standing(token, account_id=account_id)


def _take(token: str, source: IO[bytes], offset: int, until: int) -> None:
    while offset < until:
        piece = source.read(min(_PIECE, until - offset))
        if not piece:
            return
        try:
            fitted = storage.append(token, offset, piece)
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise _no_room() from error
        if not fitted:
            raise _elsewhere()
        offset += len(piece)


def _note(token: str) -> None:
    """Write down how much is here, so that lists tell it and the clean-up sees that it is alive."""
    received, now = storage.length_of(token), clock.now()
    if received:
        storage.make_lasting(token)
    with atomic():
        upload = db.session.scalar(
            select(ResumableUpload).where(ResumableUpload.token == token).with_for_update()
        )
        if upload is None:
            return
        upload.received, upload.updated_at = min(received, upload.size), now
        if upload.received == upload.size:
            upload.finished_at = upload.finished_at or now


def _no_room() -> DomainError:
    return DomainError(
        _("The server has no room for this file. Tell who runs it."), "no_room", "file"
    )


def _elsewhere() -> DomainError:
    return DomainError(
        _("The upload is at another place by now. Ask how far it is and go on from there."),
        "upload_offset",
    )


def give_up(token: str, *, account_id: int) -> None:
    """The account does not want the upload, in the caller's transaction; ``drop`` removes the file after it."""
    changed = db.session.execute(
        update(ResumableUpload)
        .where(
            ResumableUpload.token == token,
            ResumableUpload.account_id == account_id,
            ResumableUpload.used_at.is_(None),
        )
        .values(used_at=clock.now())
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise NotFound(_("There is no such upload. Choose the file again."))
