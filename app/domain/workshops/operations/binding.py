"""Who is bound at the time of a session: everybody on a seat, while the session takes place."""

from __future__ import annotations

from sqlalchemy import delete, insert, literal, select

from app.core.db import db
from app.domain.people.models import Commitment
from app.domain.workshops.models import Enrolment, Workshop, WorkshopSession
from app.domain.workshops.queries.clashes import BOUND
from app.domain.workshops.rules.words import COMMITMENT_SOURCE as SOURCE


def unbind_session(session_id: int) -> None:
    db.session.execute(
        delete(Commitment).where(Commitment.source == SOURCE, Commitment.part_id == session_id)
    )


def rebind_session(workshop: Workshop, session: WorkshopSession) -> None:
    """Everybody on a seat is bound at the session's time; a make-up session binds nobody."""
    unbind_session(session.id)
    if session.makes_up_for_id is not None:
        return
    seated = select(
        Enrolment.person_id,
        literal(SOURCE),
        Enrolment.id,
        literal(session.id),
        literal(workshop.title),
        literal(session.starts_at, Commitment.starts_at.type),
        literal(session.ends_at, Commitment.ends_at.type),
    ).where(
        Enrolment.workshop_id == workshop.id,
        Enrolment.pool_id.is_not(None),
        Enrolment.status.in_(BOUND),
    )
    names = ["person_id", "source", "source_id", "part_id", "title", "starts_at", "ends_at"]
    db.session.execute(insert(Commitment).from_select(names, seated))
