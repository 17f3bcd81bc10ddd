"""Who learns in a course; people of one's own unit put into it from a list; somebody taken out."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import (
    asked_choice,
    asked_day,
    asked_page,
    asked_text,
    asked_unit,
    refuse_beyond,
)
from app.blueprints.courses import words
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.formats import format_date
from app.blueprints.people.acts import Answer, form_page
from app.blueprints.workshops.forms import ReasonForm
from app.blueprints.workshops.nominating import posted_ids
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course, CourseEnrolment
from app.domain.courses.operations.enrolling import Enrolled, enrol_people
from app.domain.courses.operations.withdrawing import may_take_out, withdraw
from app.domain.courses.queries.assigned import list_due_days
from app.domain.courses.queries.candidates import read_candidates
from app.domain.courses.queries.learner_places import Place, find_lesson_title
from app.domain.courses.queries.learners import (
    LearnerFilter,
    count_learners,
    list_learners,
    list_nominees,
)
from app.domain.courses.queries.openings import terms_of
from app.domain.courses.queries.visibility import get_course, get_enrolment, may_plan, may_teach
from app.domain.courses.refusals import why_words
from app.domain.courses.rules.enrolling import why_takes_nobody
from app.domain.courses.rules.words import EnrolmentSource, LearnerStatus
from app.domain.people.rules import Audience
from app.domain.units.models import Unit

EVERYBODY = "everybody"
NOT_BEGUN, OVERDUE, ACTIVE, STUCK = "not-begun", "overdue", "active", "stuck"
MOST_NAMED = 10
SHOWN = {
    NOT_BEGUN: _l("Not begun"),
    OVERDUE: _l("Overdue"),
    ACTIVE: _l("Active in the last 7 days"),
    STUCK: _l("Stuck for 14 days"),
}
PLACES = {
    Place.BEGUN: _l("began it"),
    Place.FINISHED: _l("finished it"),
    Place.UNFINISHED: _l("began it and did not finish"),
    Place.STUCK: _l("stuck here"),
}


def course_with_learners(course_id: int) -> Course:
    """The course, for those who see learners at all."""
    actor = current_actor()
    course = get_course(course_id, actor=actor)
    if not may_teach(course, actor) and not actor.may("courses.nominate"):
        abort(404)
    return course


@blueprint.get("/<int:course_id>/learners")
@requires("courses.read")
def learners(course_id: int) -> str:
    """Who is in a course and how far, 50 a page; a school sees those of its unit."""
    actor = current_actor()
    course, today = course_with_learners(course_id), clock.today()
    unit = asked_unit(actor)
    wanted = _filter(unit)
    page = list_learners(course, wanted, actor=actor, today=today, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "courses/learners.html",
        course=course,
        page=page,
        words=words,
        shown=SHOWN,
        counts=count_learners(course, actor=actor),
        due=list_due_days(course.id, [row.person_id for row in page.items], today=today),
        endable={row.id for row in page.items if _may_end(row, course, actor)},
        chips=_chips(wanted, unit, course),
        today=today,
        takes=not closed_words(course),
    )


def _asked_week(name: str) -> date | None:
    """The first day of a week, of a year in which there are courses."""
    day = asked_day(name)
    if day is not None and not 2000 <= day.year <= 2999:
        abort(404)
    return day


def _filter(unit: Unit | None) -> LearnerFilter:
    now, show = clock.now(), asked_text("show")
    lesson, place = asked_text("lesson"), asked_choice("at", Place)
    return LearnerFilter(
        q=asked_text(),
        status=asked_choice("status", LearnerStatus),
        unit_path=unit.path if unit else None,
        not_begun=show == NOT_BEGUN,
        overdue=show == OVERDUE,
        active=now if show == ACTIVE else None,
        stuck=now if show == STUCK else None,
        lesson=(lesson, place, now) if lesson and place else None,
        came_in=_asked_week("came"),
        finished_in=_asked_week("finished"),
    )


def _may_end(row: Any, course: Course, actor: Actor) -> bool:
    if row.status is not LearnerStatus.ENROLLED or not actor.may("courses.nominate"):
        return False
    return actor.reaches(row.unit_path) or may_plan(course, actor)


def _chips(wanted: LearnerFilter, unit: Unit | None, course: Course) -> list[tuple[str, str, str]]:
    chosen = [
        ("q", _("Search"), wanted.q),
        ("status", _("Status"), wanted.status and words.LEARNERS[wanted.status]),
        ("unit", _("Unit"), unit and unit.name),
        ("show", _("Show"), SHOWN.get(asked_text("show"))),
        ("came", _("Came in the week from"), wanted.came_in and format_date(wanted.came_in)),
        (
            "finished",
            _("Finished in the week from"),
            wanted.finished_in and format_date(wanted.finished_in),
        ),
    ]
    if wanted.lesson is not None:
        key, place, _now = wanted.lesson
        title = find_lesson_title(course.id, key)
        chosen.append(("at", title or _("Lesson"), PLACES[place]))
    return [(name, label, str(value)) for name, label, value in chosen if value]


def closed_words(course: Course) -> str:
    """Why nobody can be put into the course now, in words; empty while somebody can."""
    reason = why_takes_nobody(terms_of(course), EnrolmentSource.NOMINATED, clock.today())
    return why_words()[reason] if reason else ""


@blueprint.get("/<int:course_id>/learners/nominate")
@requires("courses.nominate")
def nominate(course_id: int) -> str:
    """People of the unit, 50 a page, each with whether they can come and why not."""
    actor = current_actor()
    course = get_course(course_id, actor=actor)
    unit = asked_unit(actor)
    audience = asked_choice("audience", Audience)
    page = list_nominees(
        course,
        unit.path if unit else actor.unit_path,
        q=asked_text(),
        audience=audience,
        everybody=asked_text("show") == EVERYBODY,
        today=clock.today(),
        page=asked_page(),
    )
    refuse_beyond(page)
    chosen = [
        ("q", _("Search"), asked_text()),
        ("audience", _("Audience"), audience and words.AUDIENCES[audience]),
        ("unit", _("Unit"), unit and unit.name),
        ("show", _("Show"), asked_text("show") == EVERYBODY and _("Also who is in it")),
    ]
    return render_template(
        "courses/nominate.html",
        course=course,
        page=page,
        words=words,
        why=nominee_words(),
        closed=closed_words(course),
        chips=[(name, label, str(value)) for name, label, value in chosen if value],
    )


def nominee_words() -> dict[str, str]:
    """Why somebody cannot be put in, said of a colleague."""
    return why_words() | {
        "other_unit": _("of a unit it is not for"),
        "full": _("no place is left"),
        "unknown": _("the record is no more"),
    }


@blueprint.post("/<int:course_id>/learners/nominate")
@requires("courses.nominate")
def nominate_many(course_id: int) -> ResponseReturnValue:
    """Put the ticked people in; who cannot come is named with the reason, the others are in."""
    get_course(course_id, actor=current_actor())
    ids = posted_ids()
    if not ids:
        flash(_("Tick at least one person."), "warning")
        return redirect(url_for("courses.nominate", course_id=course_id))
    try:
        with acting() as actor:
            outcome = enrol_people(
                course_id, ids, source=EnrolmentSource.NOMINATED, actor=actor, now=clock.now()
            )
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
        return redirect(url_for("courses.nominate", course_id=course_id))
    _tell(outcome)
    back = "courses.nominate" if outcome.refused else "courses.learners"
    return redirect(url_for(back, course_id=course_id))


def _tell(outcome: Enrolled) -> None:
    new, known = len(outcome.created), len(outcome.existing)
    if new:
        text = ngettext(
            "%(num)s person is in the course now.", "%(num)s people are in the course now.", new
        )
        flash(text, "success")
    if known:
        flash(ngettext("%(num)s was in already.", "%(num)s were in already.", known), "info")
    reasons = nominee_words()
    some = list(outcome.refused.items())[:MOST_NAMED]
    names = read_candidates([person_id for person_id, _reason in some], today=clock.today())
    for person_id, reason in some:
        name = names[person_id].name if person_id in names else str(person_id)
        flash(f"{name}{_(': ')}{reasons[reason]}", "danger")
    more = len(outcome.refused) - len(some)
    if more:
        flash(ngettext("%(num)s more refused.", "%(num)s more refused.", more), "danger")


def _ended(course_id: int, learner_id: int) -> CourseEnrolment:
    enrolment = get_enrolment(learner_id, actor=current_actor())
    if enrolment.course_id != course_id or not may_take_out(enrolment, current_actor()):
        abort(404)
    return enrolment


@blueprint.route("/<int:course_id>/learners/<int:learner_id>/take-out", methods=["GET", "POST"])
@requires("courses.nominate")
def take_out(course_id: int, learner_id: int) -> Answer:
    """Take somebody out; they are told why, and what they learnt is kept."""
    _ended(course_id, learner_id)

    def act(actor: Actor) -> str:
        withdraw(learner_id, actor=actor, now=clock.now(), reason=form.reason.data)
        return url_for("courses.learners", course_id=course_id)

    form = ReasonForm()
    return form_page(
        form,
        "courses/take_out.html",
        act,
        _("Taken out of the course."),
        lambda: {"enrolment": _ended(course_id, learner_id)},
    )
