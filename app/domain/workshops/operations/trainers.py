"""Who trains in a workshop: accounts with the role of a trainer within the planner's unit."""

from __future__ import annotations

from sqlalchemy import select

from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.queries.trainers import find_trainer_account
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.outbox.operations import notify
from app.domain.workshops.models import Workshop, WorkshopSession, WorkshopTrainer
from app.domain.workshops.operations.locking import lock_editable
from app.domain.workshops.rules.words import TrainerRole
from app.domain.workshops.telling import page_of


def _twice() -> DomainError:
    return DomainError(
        _("This trainer is assigned in this role already."), "assigned_already", "account"
    )


explain_constraint("uq_workshop_trainers_workshop_id_account_id_role", _twice)


def assign_trainer(
    workshop_id: int,
    account_id: int,
    role: TrainerRole,
    *,
    session_id: int | None = None,
    actor: Actor,
) -> WorkshopTrainer:
    """Assign an account that holds the role of a trainer today; it is told. ``session_id``: only for that session.

    Raises ``no_trainer`` for anybody else, ``assigned_already``, ``unknown_session``.
    """
    workshop = lock_editable(workshop_id, actor=actor)
    account = find_trainer_account(account_id, scope=actor.unit_path)
    if account is None:
        raise InvalidInput(
            _("Choose somebody who holds the role of a trainer within your unit."),
            "no_trainer",
            "account",
        )
    _refuse_session(workshop, session_id)
    if any(one.account_id == account_id and one.role is role for one in workshop.trainers):
        raise _twice()
    trainer = WorkshopTrainer(
        workshop_id=workshop.id, account_id=account_id, role=role, session_id=session_id
    )
    db.session.add(trainer)
    db.session.flush()
    _audit(workshop, "assign_trainer", trainer, actor)
    notify(
        account.id,
        "workshops.assigned",
        {"title": workshop.title},
        link=page_of(workshop.id),
        email=account.email,
        language=account.language,
    )
    return trainer


def _refuse_session(workshop: Workshop, session_id: int | None) -> None:
    if session_id is None:
        return
    session = db.session.get(WorkshopSession, session_id)
    if session is None or session.workshop_id != workshop.id:
        raise InvalidInput(_("Choose a session of this workshop."), "unknown_session", "session")


def remove_trainer(trainer_id: int, *, actor: Actor) -> Workshop:
    """Take a trainer off a workshop; what they recorded stays."""
    workshop_id = db.session.scalar(
        select(WorkshopTrainer.workshop_id).where(WorkshopTrainer.id == trainer_id)
    )
    if workshop_id is None:
        raise NotFound(_("There is no such trainer."))
    workshop = lock_editable(workshop_id, actor=actor)
    trainer = db.session.get_one(WorkshopTrainer, trainer_id)
    _audit(workshop, "remove_trainer", trainer, actor)
    db.session.delete(trainer)
    db.session.flush()
    db.session.expire(workshop, ["trainers"])
    return workshop


def _audit(workshop: Workshop, action: str, trainer: WorkshopTrainer, actor: Actor) -> None:
    workshop.row_version += 1  # its page is kept until this changes
    record(
        actor,
        f"workshops.{action}",
        object_type="workshop",
        object_id=workshop.id,
        details={"account": trainer.account_id, "as": trainer.role},
        unit_path=workshop.organiser.path,
    )
