"""Papers of a placement itself (总结, 协议): added and taken away by trainee, mentor and base school while it runs."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, Forbidden, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.placements.models import Placement, PlacementFile
from app.domain.placements.operations.locking import lock_placement
from app.domain.placements.operations.log_files import StoredFile
from app.domain.placements.queries.visibility import Part, parts_of
from app.domain.placements.rules.log import KEEPS_LOG
from app.domain.placements.semester_words import refusal

MOST_PAPERS = 20
ADDS = frozenset({Part.TRAINEE, Part.MENTOR, Part.BASE_SCHOOL})


def may_add(placement: Placement, actor: Actor) -> bool:
    """Whether the actor puts papers to this placement now."""
    return placement.status in KEEPS_LOG and bool(ADDS & parts_of(placement, actor))


def add_papers(
    placement_id: int, stored: Sequence[StoredFile], *, actor: Actor
) -> list[PlacementFile]:
    """Put papers that were checked and stored before to the placement.

    Raises NotFound, ``not_in_it``, ``placement_over``, ``too_many_files``.
    """
    placement = _lock(placement_id, actor)
    kept = db.session.scalar(
        select(func.count()).where(
            PlacementFile.placement_id == placement.id,
            PlacementFile.entry_id.is_(None),
            PlacementFile.removed_at.is_(None),
        )
    )
    if (kept or 0) + len(stored) > MOST_PAPERS:
        raise DomainError(
            _("A placement has at most %(most)s papers. Take one away first.", most=MOST_PAPERS),
            "too_many_files",
            "file",
        )
    files = [
        PlacementFile(
            placement_id=placement.id,
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
        _audit(actor, "add_paper", placement, file)
    return files


def remove_paper(file_id: int, *, placement_id: int, actor: Actor) -> None:
    """Take away a paper that one added oneself; the bytes are kept. Raises NotFound also for what others added."""
    placement = _lock(placement_id, actor)
    file = db.session.scalars(
        select(PlacementFile)
        .where(
            PlacementFile.id == file_id,
            PlacementFile.placement_id == placement.id,
            PlacementFile.entry_id.is_(None),
            PlacementFile.removed_at.is_(None),
            PlacementFile.uploaded_by == actor.account_id,
        )
        .execution_options(populate_existing=True)
    ).first()
    if file is None:
        raise NotFound(_("There is no such file in this placement."))
    file.removed_at = clock.now()
    db.session.flush()
    _audit(actor, "remove_paper", placement, file)


def _lock(placement_id: int, actor: Actor) -> Placement:
    placement = lock_placement(placement_id, actor=actor)
    if not ADDS & parts_of(placement, actor):
        raise Forbidden(
            _("Only the trainee, the mentor and the base school add papers."), "not_in_it"
        )
    if placement.status not in KEEPS_LOG:
        raise refusal("log", "placement_over")
    return placement


def _audit(actor: Actor, verb: str, placement: Placement, file: PlacementFile) -> None:
    record(
        actor,
        f"placements.{verb}",
        object_type="placement",
        object_id=placement.id,
        subject_id=placement.person_id,
        details={"file": file.id, "size": file.size},
        unit_path=placement.unit.path,
    )
