"""The front page of online courses and the overview of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, render_template, request
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.access.session import data_stamp
from app.blueprints.asking import asked_choice, asked_page, asked_text, asked_unit, refuse_beyond
from app.blueprints.certificates.words import KINDS
from app.blueprints.courses import words
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.lesson_kinds import KIND_ICONS
from app.blueprints.courses.lesson_kinds import KINDS as LESSON_KINDS
from app.blueprints.kept_pages import kept_page
from app.core import clock
from app.core.paging import Page
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Certificate
from app.domain.certificates.queries.issued import list_of_records
from app.domain.courses.models import Course, CourseEnrolment
from app.domain.courses.operations.standing import hint_words, missing_words
from app.domain.courses.queries.courses import CourseFilter, list_courses, list_trainers
from app.domain.courses.queries.learners import count_learners
from app.domain.courses.queries.learning import read_outline
from app.domain.courses.queries.openings import places_left, read_opening
from app.domain.courses.queries.own import list_current, list_finished, list_open
from app.domain.courses.queries.plans import find_published_version_id, read_plan
from app.domain.courses.queries.stamps import find_page_stamp
from app.domain.courses.queries.visibility import get_course, may_plan, may_teach
from app.domain.courses.refusals import why_words
from app.domain.courses.rules.words import CourseKind, CourseStatus, LearnerStatus
from app.domain.people.queries.record import find_person_of_account
from app.domain.people.rules import Audience, TrainingLevel
from app.domain.units.models import Unit

FIRST_FEW = 6
PAGE = 24
SHOWN = {"finished", "open"}


@blueprint.get("/")
@requires("courses.read")
def index() -> str:
    """A teacher's own courses and what else is open; for everybody else the list."""
    actor = current_actor()
    return _mine(actor) if actor.may("courses.learn") else _list(actor)


def own_person_id() -> int | None:
    """The person of this account; None where there is none."""
    account_id = current_actor().account_id
    person = None if account_id is None else find_person_of_account(account_id)
    return None if person is None else person.id


def _mine(actor: Actor) -> str:
    person_id, today = own_person_id(), clock.today()
    if person_id is None:
        return render_template("courses/no_person.html")
    show = request.args.get("show", "")
    if show and show not in SHOWN:
        abort(404)
    page: Page[Any]
    if show == "finished":
        page = list_finished(person_id, today=today, page=asked_page(), size=PAGE)
    elif show == "open":
        page = list_open(person_id, actor=actor, today=today, page=asked_page(), size=PAGE)
    else:
        return _overview(actor, person_id)
    refuse_beyond(page)
    return render_template(
        "courses/more.html", page=page, show=show, words=words, why=why_words(), today=today
    )


def _overview(actor: Actor, person_id: int) -> str:
    today = clock.today()
    current = list_current(person_id, today=today)
    return render_template(
        "courses/mine.html",
        assigned=[one for one in current if one.due_on is not None],
        learning=[one for one in current if one.due_on is None],
        finished=list_finished(person_id, today=today, size=FIRST_FEW),
        offered=list_open(person_id, actor=actor, today=today, size=FIRST_FEW),
        words=words,
        why=why_words(),
        today=today,
    )


def _list(actor: Actor) -> str:
    unit = asked_unit(actor)
    wanted = CourseFilter(
        q=asked_text(),
        status=asked_choice("status", CourseStatus),
        kind=asked_choice("kind", CourseKind),
        level=asked_choice("level", TrainingLevel),
        audience=asked_choice("audience", Audience),
        unit_path=unit.path if unit else None,
    )
    page = list_courses(actor, wanted, page=asked_page())
    refuse_beyond(page)
    return render_template("courses/index.html", page=page, words=words, chips=_chips(wanted, unit))


def _chips(wanted: CourseFilter, unit: Unit | None) -> list[tuple[str, str, str]]:
    chosen = [
        ("q", _("Search"), wanted.q),
        ("status", _("Status"), wanted.status and words.STATUSES[wanted.status]),
        ("kind", _("Where it is learnt"), wanted.kind and words.KINDS[wanted.kind]),
        ("level", _("Level"), wanted.level and words.ALL_LEVELS[wanted.level]),
        ("audience", _("Audience"), wanted.audience and words.AUDIENCES[wanted.audience]),
        ("unit", _("Organiser"), unit and unit.name),
    ]
    return [(name, label, str(value)) for name, label, value in chosen if value]


@blueprint.get("/<int:course_id>")
@requires("courses.read")
def show(course_id: int) -> Response | str:
    """One course: what it is, where one stands in it, and what can be done."""
    actor = current_actor()
    if not actor.may("courses.learn"):
        return _staff_page(get_course(course_id, actor=actor), actor)
    stamp = find_page_stamp(course_id, actor, clock.today())
    if stamp is None:
        return _own_page(course_id, actor)
    return kept_page(data_stamp() + stamp, lambda: _own_page(course_id, actor))


def _own_page(course_id: int, actor: Actor) -> str:
    course, today = get_course(course_id, actor=actor), clock.today()
    person_id = own_person_id()
    opening = None if person_id is None else read_opening(course, person_id, today=today)
    own = opening.latest if opening is not None and opening.is_in else None
    version_id = own.version_id if own is not None else find_published_version_id(course.id)
    return render_template(
        "courses/show.html",
        course=course,
        opening=opening,
        own=own,
        outline=read_outline(version_id, own) if version_id is not None else None,
        certificates=_own_certificates(own),
        certificate_kinds=KINDS,
        why=why_words(),
        today=today,
        **_shared(course),
    )


def _own_certificates(own: CourseEnrolment | None) -> Sequence[Certificate]:
    """What one was issued for the course."""
    record_id = own.training_record_id if own is not None else None
    if own is None or record_id is None:
        return ()
    return list_of_records([record_id], person_id=own.person_id)[record_id]


def _staff_page(course: Course, actor: Actor) -> str:
    planner = may_plan(course, actor)
    plan = read_plan(course) if planner and course.status is CourseStatus.DRAFT else None
    version_id = find_published_version_id(course.id)
    return render_template(
        "courses/manage.html",
        course=course,
        planner=planner,
        teaches=may_teach(course, actor),
        outline=read_outline(version_id) if version_id is not None else None,
        counts=count_learners(course, actor=actor),
        statuses=LearnerStatus,
        missing=missing_words(plan) if plan else [],
        hints=hint_words(plan) if plan else [],
        over=course.closes_on is not None and course.closes_on < clock.today(),
        **_shared(course),
    )


def _shared(course: Course) -> dict[str, Any]:
    return {
        "words": words,
        "trainers": list_trainers(course.id),
        "left": places_left(course),
        "lesson_kinds": LESSON_KINDS,
        "kind_icons": KIND_ICONS,
    }
