"""What markers say to their marks."""

from __future__ import annotations

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.workshops.models import Mark, Workshop
from app.domain.workshops.operations.marking import lock_enrolments, lock_for_marking, noted
from app.domain.workshops.operations.marking_desk import locked_words
from app.domain.workshops.queries.gradebook import load_book, marker_of, own_marker

LONGEST_COMMENT = 1000


def set_comment(
    enrolment_id: int, criterion_id: int, text: str, *, actor: Actor, workshop_id: int
) -> None:
    """What the marker says to a mark of theirs; the person reads it with the published result.

    Refused without a mark (``no_mark``), after publication (``published``), above 1000 characters.
    """
    workshop = lock_for_marking(workshop_id, actor=actor)
    marker = marker_of(workshop, actor)
    lock_enrolments(workshop_id, {enrolment_id})
    book = load_book(workshop, marker, enrolment_ids=[enrolment_id])
    criterion = next((c for c in book.criteria if c.id == criterion_id), None)
    if criterion is None or not book.rows:
        raise NotFound(_("There is no such mark."))
    place = own_marker(marker, criterion.kind)
    mark = db.session.scalars(
        select(Mark).filter_by(enrolment_id=enrolment_id, criterion_id=criterion_id, marker=place)
    ).first()
    comment = text.strip() or None
    if (mark.comment if mark else None) == comment:
        return
    if book.rows[0].published_at is not None:
        raise DomainError(locked_words("published"), "published")
    if mark is None:
        raise InvalidInput(_("Give a mark first, then comment on it."), "no_mark", "comment")
    if comment is not None and len(comment) > LONGEST_COMMENT:
        raise InvalidInput(_("At most 1000 characters."), "comment_too_long", "comment")
    mark.comment = comment
    _audit_comment(workshop, actor)


def _audit_comment(workshop: Workshop, actor: Actor) -> None:
    if not noted(workshop.id, actor):
        record(
            actor,
            "workshops.mark",
            object_type="workshop",
            object_id=workshop.id,
            unit_path=workshop.organiser.path,
        )
