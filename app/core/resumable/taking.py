"""Use a file that has arrived: it is looked at before the transaction, noted as used inside it, dropped after it."""

from __future__ import annotations

import os
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import update

from app.core.db import db
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.core.resumable import storage
from app.core.resumable.arriving import standing
from app.core.resumable.models import ResumableUpload


@dataclass(frozen=True, slots=True)
class Arrived:
    """A whole file of the account. ``path`` is read, never moved: until the act has landed it may be needed again."""

    token: str
    path: Path
    file_name: str
    size: int


def arrived(token: str, *, account_id: int, purpose: str) -> Arrived:
    """The file, when all of it is here and it was sent for this purpose. Raises NotFound, ``upload_unfinished``."""
    found = standing(token, account_id=account_id)
    if found.purpose != purpose:
        raise DomainError(
            _("This file was uploaded for something else. Choose it again here."),
            "upload_purpose",
            "file",
        )
    if not found.finished:
        raise DomainError(
            _("The upload is not finished. Wait until it is, then save."),
            "upload_unfinished",
            "file",
        )
    return Arrived(token, storage.path_of(token), found.file_name, found.size)


def use(token: str, *, account_id: int, now: datetime) -> None:
    """Note, in the act's transaction, that the file is used; of two acts at once only one lands (``upload_used``)."""
    changed = db.session.execute(
        update(ResumableUpload)
        .where(
            ResumableUpload.token == token,
            ResumableUpload.account_id == account_id,
            ResumableUpload.used_at.is_(None),
        )
        .values(used_at=now)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(_("This file has been taken already."), "upload_used", "file")


def drop(token: str) -> None:
    """Remove the file, once the act that used it (or gave it up) has landed."""
    storage.path_of(token).unlink(missing_ok=True)


def spool(source: IO[bytes]) -> Path:
    """A file that came with a form, put beside those that arrive in pieces, so that both are used the same way."""
    path = storage.root() / f"{secrets.token_hex(16)}.form"
    try:
        with path.open("xb") as handle:
            shutil.copyfileobj(source, handle, 1024 * 1024)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def link_to(path: Path) -> Path:
    """A second name of a file that arrived, for who takes a file over by moving it (core.media)."""
    second = storage.root() / f"{secrets.token_hex(16)}.link"
    try:
        os.link(path, second)
    except OSError:  # a file system without hard links
        shutil.copyfile(path, second)
    return second
