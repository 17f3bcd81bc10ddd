"""Appeals (申诉): until when one may be made, which there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.workshops.models import Appeal, Enrolment, MarkChange, Result, Workshop
from app.domain.workshops.rules.words import RequestState


def list_appeals(workshop_id: int, *, only_open: bool = False) -> list[Appeal]:
    """Appeals in a workshop with their people, open ones first, then the newest."""
    statement = (
        select(Appeal)
        .join(Enrolment, Enrolment.id == Appeal.enrolment_id)
        .where(Enrolment.workshop_id == workshop_id, Appeal.state != RequestState.WITHDRAWN)
        .options(joinedload(Appeal.enrolment).joinedload(Enrolment.person))
        .order_by(Appeal.state != RequestState.OPEN, Appeal.id.desc())
    )
    if only_open:
        statement = statement.where(Appeal.state == RequestState.OPEN)
    return list(db.session.scalars(statement))


def count_open_appeals(workshop_id: int) -> int:
    statement = (
        select(func.count())
        .select_from(Appeal)
        .join(Enrolment, Enrolment.id == Appeal.enrolment_id)
        .where(Enrolment.workshop_id == workshop_id, Appeal.state == RequestState.OPEN)
    )
    return db.session.scalar(statement) or 0


def get_appeal(appeal_id: int, workshop_id: int) -> Appeal:
    """An appeal of this workshop; NotFound for any other."""
    appeal = db.session.scalar(
        select(Appeal)
        .join(Enrolment, Enrolment.id == Appeal.enrolment_id)
        .where(Appeal.id == appeal_id, Enrolment.workshop_id == workshop_id)
        .options(joinedload(Appeal.enrolment).joinedload(Enrolment.person))
    )
    if appeal is None:
        raise NotFound(_("There is no such appeal in this workshop."))
    return appeal


def list_appeals_of(enrolment_id: int) -> Sequence[Appeal]:
    """A person's appeals, the newest first."""
    return db.session.scalars(
        select(Appeal).where(Appeal.enrolment_id == enrolment_id).order_by(Appeal.id.desc())
    ).all()


@dataclass(frozen=True, slots=True)
class AppealWindow:
    """Whether a person may appeal now. ``code`` says why not: ``not_published``, ``too_late``, ``already_open``,
    ``already_answered``; ``until`` is the last day.
    """

    code: str | None
    until: date | None = None


def read_window(workshop: Workshop, enrolment_id: int) -> AppealWindow:
    """An appeal is against the last decision: the publication, or a mark that was changed after it."""
    published_at = db.session.scalar(
        select(Result.published_at).where(Result.enrolment_id == enrolment_id)
    )
    if published_at is None:
        return AppealWindow("not_published")
    changed_at = db.session.scalar(
        select(func.max(MarkChange.changed_at)).where(MarkChange.enrolment_id == enrolment_id)
    )
    decided_at: datetime = max(published_at, changed_at or published_at)
    until = clock.local(decided_at).date() + timedelta(days=workshop.appeal_days)
    appeals = list_appeals_of(enrolment_id)
    if any(appeal.state is RequestState.OPEN for appeal in appeals):
        return AppealWindow("already_open", until)
    if any(_answers(appeal, decided_at) for appeal in appeals):
        return AppealWindow("already_answered", until)
    return AppealWindow("too_late" if clock.today() > until else None, until)


def _answers(appeal: Appeal, decided_at: datetime) -> bool:
    """Whether it was answered for good: an answer ends what was decided until then."""
    if appeal.state is RequestState.WITHDRAWN or appeal.answered_at is None:
        return False
    return appeal.made_at >= decided_at or appeal.answered_at >= decided_at
