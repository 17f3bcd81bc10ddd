"""The worker's hourly round drops uploads that nobody finished and files that nothing refers to."""

from __future__ import annotations

import io
import os
import time
from datetime import UTC, datetime, timedelta

from flask import Flask

from app.cli.worker import tidy
from app.core import clock, media, resumable
from app.core.db import atomic
from app.core.resumable import storage
from tests.movies import make_movie


def test_the_hourly_round_leaves_nothing_over(app: Flask) -> None:
    now = datetime.now(UTC)
    with app.app_context():
        with atomic():
            token = resumable.begin(
                account_id=1,
                purpose="course:1",
                file_name="a.mp4",
                size=9,
                largest=9,
                now=now - resumable.LIFETIME,
            ).token
        with clock.frozen(now - resumable.LIFETIME):
            resumable.receive(token, io.BytesIO(b"0123"), account_id=1, offset=0, length=4)
        stray = storage.root() / "came"
        stray.write_bytes(make_movie(1, extra=b"left over"))
        key = media.keep_file(stray)
        moment = time.time() - timedelta(days=2).total_seconds()
        os.utime(media.path_of(key), (moment, moment))
        with clock.frozen(now):
            tidy()
    assert not storage.path_of(token).exists()
    assert not media.path_of(key).exists()
