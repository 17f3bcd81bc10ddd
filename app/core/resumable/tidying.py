"""Throw away what nobody finishes."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select

from app.core.db import atomic, db
from app.core.resumable import storage
from app.core.resumable.arriving import LIFETIME
from app.core.resumable.models import ResumableUpload

_A_DAY = timedelta(days=1)


def forget_abandoned(now: datetime) -> int:
    """Remove uploads that were used, given up, or got nothing for LIFETIME, and files that belong to none; how many."""
    over = or_(ResumableUpload.used_at.is_not(None), ResumableUpload.updated_at <= now - LIFETIME)
    with atomic():
        tokens = list(db.session.scalars(select(ResumableUpload.token).where(over)))
        if tokens:
            db.session.execute(delete(ResumableUpload).where(ResumableUpload.token.in_(tokens)))
    for token in tokens:
        storage.path_of(token).unlink(missing_ok=True)
    return len(tokens) + _forget_strays()


def _forget_strays() -> int:
    """Files that a crash left: without a row, and untouched for a day."""
    known = set(db.session.scalars(select(ResumableUpload.token)))
    oldest = time.time() - _A_DAY.total_seconds()
    strays = [
        path
        for path in storage.root().iterdir()
        if path.name not in known and path.stat().st_mtime < oldest
    ]
    for path in strays:
        path.unlink(missing_ok=True)
    return len(strays)
