"""Hand in work for a lesson, a text or a file; who teaches accepts it or returns it with what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select, update

from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.file_types import FileType, clean_name
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import CourseEnrolment, HandIn
from app.domain.courses.operations.completing import complete_lesson, enter_lesson
from app.domain.courses.operations.learning import is_own, lock_learning
from app.domain.courses.operations.locking import lock_enrolment
from app.domain.courses.queries.hand_ins import find_newest_hand_in
from app.domain.courses.queries.visibility import may_teach
from app.domain.courses.rules import hand_ins as rules
from app.domain.courses.rules.words import HandInStatus, LearnerStatus, LessonKind
from app.domain.outbox.wording import register_notice
from app.domain.people.operations.telling import tell_people
from app.domain.people.personal_texts import fitting_text, refuse_personal_numbers

register_notice(
    "courses.hand_in_accepted",
    _l("Your work was accepted: %(lesson)s"),
    _l("%(title)s. Comment: %(feedback)s"),
)
register_notice(
    "courses.hand_in_returned",
    _l("Your work was returned: %(lesson)s"),
    _l("%(title)s. What is missing: %(feedback)s"),
)


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was checked (``core.uploads.check_stream``) and stored (``core.files``) before."""

    key: str
    name: str
    kind: FileType
    size: int


def hand_in(
    enrolment_id: int,
    lesson_id: int,
    *,
    text: str | None,
    file: StoredFile | None,
    actor: Actor,
    now: datetime,
) -> HandIn:
    """Hand in one's own work; an earlier piece that was not marked yet counts no more, and both are kept.

    Raises what ``lock_learning`` raises, and ``not_an_assignment``, ``nothing_handed_in``, ``too_long``,
    ``personal_number``, ``accepted``.
    """
    held = lock_learning(enrolment_id, lesson_id, actor=actor)
    enrolment, lesson = held.enrolment, held.lesson
    if not is_own(enrolment, actor):
        raise NotFound(_("There is no such enrolment within your unit."))
    if lesson.kind is not LessonKind.ASSIGNMENT:
        raise DomainError(_("Nothing is handed in for this lesson."), "not_an_assignment")
    text = fitting_text(text or "", rules.LONGEST_TEXT, "text") or None
    if text is None and file is None:
        raise InvalidInput(_("Write something or choose a file."), "nothing_handed_in", "text")
    if file is not None:
        refuse_personal_numbers(file.name, "file")
    newest = find_newest_hand_in(enrolment.id, lesson.id)
    if newest is not None and rules.why_not_hand_in(newest.status) is not None:
        raise DomainError(_("Your work was accepted; nothing more is asked for."), "accepted")
    enter_lesson(enrolment, lesson, now=now)
    made = _add(enrolment, lesson.id, text, file, now)
    enrolment.stamp += 1
    db.session.flush()
    record(
        actor,
        "courses.hand_in",
        object_type="course_enrolment",
        object_id=enrolment.id,
        subject_id=enrolment.person_id,
        details={"lesson": lesson.id, "number": made.number},
        unit_path=enrolment.unit_path,
    )
    return made


def _add(
    enrolment: CourseEnrolment,
    lesson_id: int,
    text: str | None,
    file: StoredFile | None,
    now: datetime,
) -> HandIn:
    mine = (HandIn.enrolment_id == enrolment.id, HandIn.lesson_id == lesson_id)
    db.session.execute(
        update(HandIn).where(*mine, HandIn.replaced_at.is_(None)).values(replaced_at=now)
    )
    number = db.session.scalar(select(func.max(HandIn.number)).where(*mine)) or 0
    made = HandIn(
        enrolment_id=enrolment.id,
        lesson_id=lesson_id,
        number=number + 1,
        text=text,
        handed_in_at=now,
    )
    made.status = HandInStatus.HANDED_IN
    if file is not None:
        made.file_key, made.file_name = file.key, clean_name(file.name)
        made.content_type, made.size = file.kind.content_type, file.size
    db.session.add(made)
    return made


@dataclass(frozen=True, slots=True)
class Judgement:
    """Accepted or returned; marks of 0 to 100 or none; what the learner is told."""

    accept: bool
    marks: Decimal | None = None
    feedback: str = ""


def mark_hand_in(hand_in_id: int, judgement: Judgement, *, actor: Actor, now: datetime) -> HandIn:
    """Accept a piece of work (the lesson is completed) or return it; the learner is told.

    Of two who mark at once the second is refused. Raises NotFound for who does not teach the course, ``replaced``,
    ``marked``, ``marks_out_of_range``, ``feedback_missing`` when it is returned without saying why, ``too_long``.
    """
    enrolment_id = db.session.scalar(select(HandIn.enrolment_id).where(HandIn.id == hand_in_id))
    if enrolment_id is None:
        raise _unknown()
    enrolment = lock_enrolment(enrolment_id, actor=actor)
    if not may_teach(enrolment.course, actor):
        raise _unknown()
    work = db.session.get_one(HandIn, hand_in_id, populate_existing=True)
    code = rules.why_not_mark(work.status, replaced=work.replaced_at is not None)
    if code is not None:
        raise _cannot_mark(code)
    feedback = _checked(judgement)
    work.status = HandInStatus.ACCEPTED if judgement.accept else HandInStatus.RETURNED
    work.marks, work.feedback = judgement.marks, feedback
    work.marked_by, work.marked_at = actor.account_id, now
    enrolment.stamp += 1
    db.session.flush()
    record(
        actor,
        "courses.mark_hand_in",
        object_type="course_enrolment",
        object_id=enrolment.id,
        subject_id=enrolment.person_id,
        details={
            "lesson": work.lesson_id,
            "number": work.number,
            "status": work.status.value,
            "marks": None if work.marks is None else str(work.marks),
        },
        unit_path=enrolment.unit_path,
    )
    _tell(enrolment, work)
    if judgement.accept and enrolment.status in {LearnerStatus.ENROLLED, LearnerStatus.COMPLETED}:
        complete_lesson(enrolment, work.lesson, actor=actor, now=now, score=work.marks)
    return work


def _checked(judgement: Judgement) -> str | None:
    code = rules.why_not_these_marks(judgement.marks)
    if code is not None:
        raise InvalidInput(
            _("Marks are from 0 to 100, with two decimals at most."), "marks_out_of_range", "marks"
        )
    feedback = fitting_text(judgement.feedback, rules.LONGEST_FEEDBACK, "feedback")
    if not judgement.accept and not feedback:
        raise InvalidInput(_("Say what is missing."), "feedback_missing", "feedback")
    return feedback or None


def _tell(enrolment: CourseEnrolment, work: HandIn) -> None:
    kind = "courses.hand_in_accepted"
    if work.status is HandInStatus.RETURNED:
        kind = "courses.hand_in_returned"
    parameters = {
        "title": enrolment.course.title,
        "lesson": work.lesson.title,
        "feedback": work.feedback or "–",
    }
    link = f"/courses/{enrolment.course_id}/lessons/{work.lesson_id}"
    tell_people([enrolment.person_id], kind, parameters, link=link)


def _cannot_mark(code: str) -> DomainError:
    words = {
        "replaced": _("A newer piece of work was handed in; mark that one."),
        "marked": _("Somebody has marked it already. Look at it again."),
    }
    return DomainError(words[code], code)


def _unknown() -> NotFound:
    return NotFound(_("There is no such work in a course of yours."))
