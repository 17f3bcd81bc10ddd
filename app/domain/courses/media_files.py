"""Look at a video or PDF before it becomes a file of a course, and take it over; outside any transaction."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import IO

from app.core import media
from app.core.errors import InvalidInput
from app.core.file_types import clean_name, detect_stream
from app.core.i18n import gettext as _
from app.core.movies import BrokenMovie, read_movie
from app.domain.courses.rules.content import PLAYABLE, SELDOM_PLAYABLE
from app.domain.courses.rules.words import MediaKind

SUFFIXES = ("mp4", "pdf")


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """A file that has been looked at and lies in core.media under ``file_key``, its digest."""

    kind: MediaKind
    file_key: str
    file_name: str
    content_type: str
    size: int
    seconds: Decimal | None


@dataclass(frozen=True, slots=True)
class Looked:
    """What a file is. ``content_type`` names the coding of a video that many browsers cannot play."""

    kind: MediaKind
    content_type: str
    seconds: Decimal | None


def look_at(path: Path, name: str) -> Looked:
    """What the file is, by its content. Raises ``file_type``, ``movie_broken``, ``movie_silent``, ``movie_coding``."""
    with path.open("rb") as handle:
        kind = detect_stream(handle, clean_name(name))
        if kind is None or kind.suffix not in SUFFIXES:
            raise InvalidInput(
                _("This is neither an MP4 nor a PDF, or its content does not fit its name."),
                "file_type",
                "file",
            )
        if kind.suffix == "pdf":
            return Looked(MediaKind.PDF, kind.content_type, None)
        return _movie(handle, kind.content_type)


def _movie(handle: IO[bytes], content_type: str) -> Looked:
    try:
        movie = read_movie(handle)
    except BrokenMovie:
        raise InvalidInput(
            _("This video is cut off or damaged. Export it again as MP4 (H.264) and upload that."),
            "movie_broken",
            "file",
        ) from None
    if movie.codec is None:
        raise InvalidInput(
            _("This file has sound and no picture. Choose a video."), "movie_silent", "file"
        )
    if movie.codec not in PLAYABLE:
        raise InvalidInput(
            _(
                "Browsers cannot play how this video is coded (%(codec)s). Export it again as MP4 (H.264).",
                codec=movie.codec,
            ),
            "movie_coding",
            "file",
        )
    if movie.codec in SELDOM_PLAYABLE:
        content_type = f'{content_type}; codecs="{movie.codec}"'
    return Looked(
        MediaKind.VIDEO, content_type, max(round(Decimal(movie.seconds), 2), Decimal("0.01"))
    )


def seldom_playable(content_type: str) -> bool:
    """Whether many browsers show no picture of it (HEVC)."""
    return any(f'"{codec}"' in content_type for codec in SELDOM_PLAYABLE)


def take_over(path: Path, twin: Path, name: str) -> MediaFacts:
    """Look at the file at ``path`` and keep its ``twin``, a second name of it that moves away (or goes)."""
    try:
        looked, size = look_at(path, name), path.stat().st_size
        key = media.keep_file(twin)
    finally:
        twin.unlink(missing_ok=True)
    return MediaFacts(
        kind=looked.kind,
        file_key=key,
        file_name=clean_name(name),
        content_type=looked.content_type,
        size=size,
        seconds=looked.seconds,
    )
