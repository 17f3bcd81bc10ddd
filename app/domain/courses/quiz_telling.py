"""What quizzes tell people: that an answer was marked, that answers wait to be marked."""

from __future__ import annotations

from sqlalchemy import select

from app.core.i18n import lazy_gettext as _l
from app.domain.courses.models import Course, CourseEnrolment, CourseTrainer, Lesson, QuizAttempt
from app.domain.outbox.wording import register_notice
from app.domain.people.operations.telling import tell_accounts, tell_people

register_notice(
    "courses.quiz_passed",
    _l("Quiz marked: %(title)s"),
    _l("You have passed with %(percent)s %%."),
)
register_notice(
    "courses.quiz_failed",
    _l("Quiz marked: %(title)s"),
    _l("You have %(percent)s %% and have not passed yet. Look at the answers, and try again."),
)
register_notice(
    "courses.answers_wait",
    _l("Short answers wait to be marked: %(title)s"),
    _l("Somebody has handed in the quiz “%(lesson)s” of a course that you teach in."),
)


def result_page(course_id: int, lesson_id: int, attempt_id: int) -> str:
    return f"/courses/{course_id}/lessons/{lesson_id}/quiz/attempts/{attempt_id}/result"


def tell_marked(attempt: QuizAttempt, enrolment: CourseEnrolment, percent: str) -> None:
    """Tell the person how a quiz with short answers came out."""
    kind = "courses.quiz_passed" if attempt.passed else "courses.quiz_failed"
    parameters = {"title": attempt.lesson.title, "percent": percent}
    link = result_page(enrolment.course_id, attempt.lesson_id, attempt.id)
    tell_people([enrolment.person_id], kind, parameters, link=link)


def tell_answers_wait(course: Course, lesson: Lesson) -> None:
    """Tell who teaches in the course that the first of the waiting answers is there."""
    trainers = select(CourseTrainer.account_id).where(CourseTrainer.course_id == course.id)
    parameters = {"title": course.title, "lesson": lesson.title}
    link = f"/courses/{course.id}/marking/answers"
    tell_accounts(trainers, "courses.answers_wait", parameters, link=link)
