"""Photos and papers of a log entry. The bytes lie encrypted in core.files and are kept when one is taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.file_types import FileType, clean_name
from app.core.i18n import gettext as _
from app.core.photos import is_photo, made_anew
from app.core.uploads import check_file
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.placements.models import LogEntry, Placement, PlacementFile
from app.domain.placements.operations.locking import lock_placement
from app.domain.placements.operations.log import lock_entry
from app.domain.placements.queries.visibility import Part, parts_of
from app.domain.placements.rules import log as rules
from app.domain.placements.semester_words import refusal

LARGEST_FILE = 20 * 1024 * 1024
MOST_FILES = 12
# Photos and papers: no archives, sound or film, which nobody looks through for pupils.
TAKEN = (
    "jpg",
    "jpeg",
    "png",
    "pdf",
    "docx",
    "doc",
    "wps",
    "xlsx",
    "xls",
    "et",
    "pptx",
    "ppt",
    "dps",
    "txt",
)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """What somebody brings, checked and, if a photo, made anew; not stored yet."""

    name: str
    kind: FileType
    data: bytes


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A checked file that lies in core.files under its key."""

    name: str
    kind: FileType
    size: int
    key: str


def check_log_file(data: bytes, name: str) -> CheckedFile:
    """Raises ``empty_file``, ``file_too_large`` (above 20 MB), ``file_type``, ``photo_broken``, ``photo_too_large``."""
    if len(data) > LARGEST_FILE:
        raise InvalidInput(
            _("“%(name)s” is too large: at most 20 MB a file.", name=clean_name(name)),
            "file_too_large",
            "file",
        )
    kind = check_file(data, name)
    if kind.suffix not in TAKEN:
        raise InvalidInput(
            _(
                "Photos and papers are taken here: %(kinds)s. Not “%(name)s”.",
                kinds=", ".join(TAKEN),
                name=clean_name(name),
            ),
            "file_type",
            "file",
        )
    if is_photo(kind.content_type):
        data = made_anew(data, kind.content_type)
    return CheckedFile(clean_name(name), kind, data)


def add_files(
    entry_id: int, stored: Sequence[StoredFile], *, placement_id: int, actor: Actor
) -> list[PlacementFile]:
    """Put files to an entry that is not signed. Raises ``not_trainee``, ``signed``, ``too_many_files``."""
    placement, entry = _lock(entry_id, placement_id, actor)
    kept = db.session.scalar(
        select(func.count()).where(
            PlacementFile.entry_id == entry.id, PlacementFile.removed_at.is_(None)
        )
    )
    if (kept or 0) + len(stored) > MOST_FILES:
        raise DomainError(
            _("An entry has at most %(most)s files. Take one away first.", most=MOST_FILES),
            "too_many_files",
            "file",
        )
    files = [
        PlacementFile(
            placement_id=placement.id,
            entry_id=entry.id,
            file_key=one.key,
            file_name=one.name,
            content_type=one.kind.content_type,
            size=one.size,
            uploaded_by=actor.account_id,
            uploaded_at=clock.now(),
        )
        for one in stored
    ]
    db.session.add_all(files)
    db.session.flush()
    for file in files:
        _audit(actor, "add_log_file", placement, entry, file)
    return files


def remove_file(file_id: int, *, placement_id: int, actor: Actor) -> LogEntry:
    """Take a file away from an entry that is not signed; the bytes are kept. Returns the entry."""
    entry_id = db.session.scalar(
        select(PlacementFile.entry_id).where(
            PlacementFile.id == file_id,
            PlacementFile.placement_id == placement_id,
            PlacementFile.removed_at.is_(None),
        )
    )
    if entry_id is None:
        raise NotFound(_("There is no such file in this placement."))
    placement, entry = _lock(entry_id, placement_id, actor)
    file = db.session.get_one(PlacementFile, file_id, populate_existing=True)
    if file.removed_at is None:
        file.removed_at = clock.now()
        db.session.flush()
        _audit(actor, "remove_log_file", placement, entry, file)
    return entry


def _lock(entry_id: int, placement_id: int, actor: Actor) -> tuple[Placement, LogEntry]:
    placement = lock_placement(placement_id, actor=actor)
    if Part.TRAINEE not in parts_of(placement, actor):
        raise refusal("presence", "not_trainee")
    entry = lock_entry(placement, entry_id)
    why = rules.why_not_edit(entry.status, placement.status)
    if why is not None:
        raise refusal("log", why)
    return placement, entry


def _audit(
    actor: Actor, verb: str, placement: Placement, entry: LogEntry, file: PlacementFile
) -> None:
    record(
        actor,
        f"placements.{verb}",
        object_type="placement",
        object_id=placement.id,
        subject_id=placement.person_id,
        details={"entry": entry.id, "file": file.id, "size": file.size},
        unit_path=placement.unit.path,
    )
