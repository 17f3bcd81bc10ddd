"""The list of workshops and a workshop's overview."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from app.access.guards import current_actor, requires
from app.blueprints.asking import (
    asked_choice,
    asked_number,
    asked_page,
    asked_text,
    asked_unit,
    refuse_beyond,
)
from app.blueprints.certificates.trainings import issue_address
from app.blueprints.people.words import LEVELS as ALL_LEVELS
from app.blueprints.workshops import words
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.kept import kept_part, kept_workshop_page
from app.core import clock
from app.core.paging import Page
from app.domain.accounts.rules import Actor
from app.domain.people.rules import TrainingLevel
from app.domain.units.models import Unit
from app.domain.workshops.operations.standing import hint_words, missing_words, read_plan
from app.domain.workshops.queries.gradebook import list_criteria
from app.domain.workshops.queries.overview import (
    count_people,
    find_copied_from,
    list_attachments,
    list_pools,
    list_sessions,
)
from app.domain.workshops.queries.programmes import offered_programmes
from app.domain.workshops.queries.records import records_of
from app.domain.workshops.queries.trainers import list_trainers
from app.domain.workshops.queries.workshops import (
    WorkshopFilter,
    get_workshop,
    list_workshops,
    may_plan,
    may_run,
)
from app.domain.workshops.rules.words import WorkshopKind, WorkshopStatus


@blueprint.get("/")
@requires("workshops.read")
def index() -> str:
    """Workshops that the reader sees, the newest first."""
    actor = current_actor()
    wanted, unit = _filter(actor)
    page = list_workshops(actor, wanted, page=asked_page())
    refuse_beyond(page)
    programmes = offered_programmes(actor) if actor.may("workshops.plan") else []
    return render_template(
        "workshops/index.html",
        page=page,
        rows=_rows(page),
        words=words,
        programmes=programmes,
        years=_years(),
        chips=_chips(wanted, unit, dict(programmes)),
    )


def _rows(page: Page[Any]) -> Markup:
    facts = [tuple(row) for row in page.items]
    key = ("list", request.query_string)
    return kept_part(
        key, facts, lambda: render_template("workshops/_list.html", page=page, words=words)
    )


def _filter(actor: Actor) -> tuple[WorkshopFilter, Unit | None]:
    unit = asked_unit(actor)
    return (
        WorkshopFilter(
            q=asked_text(),
            status=asked_choice("status", WorkshopStatus),
            kind=asked_choice("kind", WorkshopKind),
            level=asked_choice("level", TrainingLevel),
            year=asked_number("year", 2000, 2100),
            programme_id=asked_number("programme", 1, 2**31 - 1),
            unit_path=unit.path if unit else None,
        ),
        unit,
    )


def _years() -> list[tuple[str, str]]:
    this_year = clock.today().year
    return [(str(year), str(year)) for year in range(this_year + 1, this_year - 5, -1)]


def _chips(
    wanted: WorkshopFilter, unit: Unit | None, programmes: dict[int, str]
) -> list[tuple[str, str, str]]:
    chosen = [
        ("q", _("Search"), wanted.q),
        ("status", _("Status"), wanted.status and words.STATUSES[wanted.status]),
        ("kind", _("Kind"), wanted.kind and words.KINDS[wanted.kind]),
        ("level", _("Level"), wanted.level and ALL_LEVELS[wanted.level]),
        ("year", _("Year"), wanted.year),
        ("programme", _("Programme"), programmes.get(wanted.programme_id or 0)),
        ("unit", _("Organiser"), unit and unit.name),
    ]
    return [(name, label, str(value)) for name, label, value in chosen if value]


@blueprint.get("/<int:workshop_id>")
@requires("workshops.read")
def show(workshop_id: int) -> Response | str:
    """One workshop: facts, sessions, seats, files, and what can be done with it."""
    return kept_workshop_page(workshop_id, lambda: _page(workshop_id))


def _page(workshop_id: int) -> str:
    actor = current_actor()
    workshop = get_workshop(workshop_id, actor=actor)
    planner = may_plan(workshop, actor)
    plan = read_plan(workshop) if workshop.status is WorkshopStatus.DRAFT and planner else None
    return render_template(
        "workshops/show.html",
        workshop=workshop,
        words=words,
        planner=planner,
        runner=may_run(workshop, actor),
        sessions=list_sessions(workshop.id),
        pools=list_pools(workshop.id),
        counts=count_people(workshop.id),
        trainers=list_trainers(workshop.id),
        criteria=list_criteria(workshop.id),
        attachments=list_attachments(workshop.id),
        copied_from=find_copied_from(workshop) if planner else None,
        missing=missing_words(plan) if plan else [],
        hints=hint_words(plan) if plan else [],
        issue=issue_address(records_of(workshop.id), workshop.title, actor=actor),
    )
