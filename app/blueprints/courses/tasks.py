"""What online courses put on the home page: of teachers, of trainers, of schools and bureaus."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from app.blueprints.formats import format_date
from app.blueprints.home.tasks import Task, Urgency, counted_task, home_task
from app.core import clock
from app.domain.accounts.rules import Actor, Role
from app.domain.courses.queries.recognitions import to_recognise
from app.domain.courses.queries.tasks import (
    count_answers_to_mark,
    count_late,
    count_returned,
    count_work_to_mark,
    list_assigned,
    sent_back,
)


@home_task("courses.learn")
def assigned_courses(actor: Actor) -> Task | None:
    """What is assigned and not done, with the day of the first."""
    rows = list_assigned(actor, clock.today())
    if not rows:
        return None
    label = ngettext(
        "assigned online course to finish: %(title)s, due on %(day)s",
        "assigned online courses to finish, the first: %(title)s, due on %(day)s",
        len(rows),
        title=rows[0].title,
        day=format_date(rows[0].due_on),
    )
    one = url_for("courses.show", course_id=rows[0].id)
    url = one if len(rows) == 1 else url_for("courses.index")
    return Task("assigned_courses", label, len(rows), url, Urgency.NOW, "book")


@home_task("courses.learn")
def returned_work(actor: Actor) -> Task | None:
    """Work that was returned; leads to the first."""
    waiting = count_returned(actor)
    if not waiting.count:
        return None
    label = ngettext(
        "piece of your work in an online course was returned: improve it",
        "pieces of your work in online courses were returned: improve them",
        waiting.count,
    )
    url = url_for("courses.lesson", course_id=waiting.course_id, lesson_id=waiting.lesson_id)
    return Task("returned_work", label, waiting.count, url, Urgency.NOW, "arrow-back-up")


@counted_task("recognitions.submit", sent_back)
def hours_sent_back(count: int) -> Task:
    """Requests for hours that were sent back."""
    label = ngettext(
        "request for hours was sent back to you", "requests for hours were sent back to you", count
    )
    url = url_for("courses.my_recognitions")
    return Task("hours_sent_back", label, count, url, Urgency.NOW, "arrow-back-up")


@home_task("courses.teach")
def work_to_mark(actor: Actor) -> Task | None:
    """A trainer's work to mark; leads to the first course that has any."""
    if actor.role != Role.TRAINER:
        return None
    waiting = count_work_to_mark(actor)
    if not waiting.count:
        return None
    label = ngettext(
        "piece of work in an online course to mark",
        "pieces of work in online courses to mark",
        waiting.count,
    )
    url = url_for("courses.marking", course_id=waiting.course_id)
    return Task("work_to_mark", label, waiting.count, url, Urgency.NOW, "edit")


@home_task("courses.teach")
def answers_to_mark(actor: Actor) -> Task | None:
    """A trainer's short answers to mark; leads to the first course that has any."""
    if actor.role != Role.TRAINER:
        return None
    waiting = count_answers_to_mark(actor)
    if not waiting.count:
        return None
    label = ngettext(
        "short answer in a quiz to mark", "short answers in quizzes to mark", waiting.count
    )
    url = url_for("courses.marking_answers", course_id=waiting.course_id)
    return Task("answers_to_mark", label, waiting.count, url, Urgency.NOW, "edit")


@counted_task("recognitions.read", to_recognise)
def hours_to_recognise(count: int) -> Task:
    """Requests for hours that wait for this office."""
    label = ngettext(
        "request for hours learnt elsewhere to look at",
        "requests for hours learnt elsewhere to look at",
        count,
    )
    url = url_for("courses.recognitions")
    return Task("hours_to_recognise", label, count, url, Urgency.NOW, "clipboard-check")


@home_task("courses.nominate")
def late_learners(actor: Actor) -> Task | None:
    """People who are past the due day of an assigned course."""
    waiting = count_late(actor, clock.today())
    if not waiting.count:
        return None
    label = ngettext(
        "person is past the due day of “%(title)s”",
        "people are past the due day of “%(title)s”",
        waiting.count,
        title=waiting.title,
    )
    url = url_for("courses.learners", course_id=waiting.course_id, show="overdue")
    return Task("late_learners", label, waiting.count, url, Urgency.SOON, "clock")
