"""Who teaches in a course: accounts with the role of a trainer within the planner's unit."""

from __future__ import annotations

from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.domain.accounts.queries.trainers import find_trainer_account
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import Course, CourseTrainer
from app.domain.courses.operations.planning import lock_editable
from app.domain.courses.telling import course_page
from app.domain.outbox.operations import notify
from app.domain.outbox.wording import register_notice

register_notice(
    "courses.teaches",
    _l("You teach in an online course: %(title)s"),
    _l("What there is to mark, and how everybody is doing, stands on its page."),
)


def _twice() -> DomainError:
    return DomainError(_("This trainer teaches in it already."), "assigned_already", "account")


explain_constraint("uq_course_trainers_course_id_account_id", _twice)


def assign_trainer(course_id: int, account_id: int, *, actor: Actor) -> CourseTrainer:
    """An account that holds the role of a trainer today teaches in the course; it is told.

    Raises NotFound, ``no_trainer`` for anybody else, ``assigned_already``, ``course_over``.
    """
    course = lock_editable(course_id, actor=actor)
    account = find_trainer_account(account_id, scope=actor.unit_path)
    if account is None:
        raise InvalidInput(
            _("Choose somebody who holds the role of a trainer within your unit."),
            "no_trainer",
            "account",
        )
    if any(one.account_id == account_id for one in course.trainers):
        raise _twice()
    made = CourseTrainer(course_id=course.id, account_id=account_id)
    db.session.add(made)
    db.session.flush()
    _audit(course, "assign_trainer", account_id, actor)
    notify(
        account.id,
        "courses.teaches",
        {"title": course.title},
        link=course_page(course.id),
        email=account.email,
        language=account.language,
    )
    return made


def remove_trainer(course_id: int, trainer_id: int, *, actor: Actor) -> Course:
    """Somebody teaches in the course no more; what they marked stays. Raises NotFound, ``course_over``."""
    course = lock_editable(course_id, actor=actor)
    trainer = next((one for one in course.trainers if one.id == trainer_id), None)
    if trainer is None:
        raise NotFound(_("There is no such trainer in this course."))
    _audit(course, "remove_trainer", trainer.account_id, actor)
    db.session.delete(trainer)
    db.session.flush()
    db.session.expire(course, ["trainers"])
    return course


def _audit(course: Course, action: str, account_id: int, actor: Actor) -> None:
    course.row_version += 1  # its page is kept until this changes
    record(
        actor,
        f"courses.{action}",
        object_type="course",
        object_id=course.id,
        details={"account": account_id},
        unit_path=course.organiser.path,
    )
