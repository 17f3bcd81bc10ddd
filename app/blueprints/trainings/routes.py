"""Trainings of the unit, the people of one, the exports."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.asking import (
    asked_choice,
    asked_day,
    asked_page,
    asked_text,
    asked_unit,
    refuse_beyond,
)
from app.blueprints.downloads import workbook
from app.blueprints.people.words import LEVELS, TRAINING_KINDS
from app.core import clock
from app.core.paging import refuse_part
from app.core.spreadsheet import Column, write_table
from app.domain.accounts.rules import Actor
from app.domain.people.queries import trainings as queries
from app.domain.people.queries.trainings import ParticipantFilter, TrainingFilter
from app.domain.people.rules import TrainingKind, TrainingLevel
from app.domain.units.models import Unit

blueprint = Blueprint("trainings", __name__)
MOST_EXPORTED = 50_000
OUTCOMES = {"passed": True, "failed": False}


@blueprint.get("/")
@requires("people.read")
def index() -> str:
    """Trainings that people of the unit have records of, the latest first."""
    wanted, unit = _filter(current_actor())
    page, person_times = queries.list_events(wanted, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "trainings/index.html",
        page=page,
        person_times=person_times,
        levels=LEVELS,
        kinds=TRAINING_KINDS,
        chips=_chips(wanted, unit),
    )


def _filter(actor: Actor) -> tuple[TrainingFilter, Unit | None]:
    unit = asked_unit(actor)
    return (
        TrainingFilter(
            unit.path if unit else actor.unit_path,
            asked_text(),
            asked_choice("level", TrainingLevel),
            asked_choice("kind", TrainingKind),
            asked_day("since"),
            asked_day("until"),
        ),
        unit,
    )


def _chips(wanted: TrainingFilter, unit: Unit | None) -> list[tuple[str, str, str]]:
    chips = []
    if wanted.q:
        chips.append(("q", _("Search"), wanted.q))
    if unit is not None:
        chips.append(("unit", _("Unit"), unit.name))
    if wanted.level is not None:
        chips.append(("level", _("Level"), str(LEVELS[wanted.level])))
    if wanted.kind is not None:
        chips.append(("kind", _("Kind"), str(TRAINING_KINDS[wanted.kind])))
    if wanted.since is not None:
        chips.append(("since", _("Ended since"), wanted.since.isoformat()))
    if wanted.until is not None:
        chips.append(("until", _("Ended until"), wanted.until.isoformat()))
    return chips


@blueprint.get("/export")
@requires("people.read")
def export() -> Response:
    """The trainings as a workbook."""
    actor = current_actor()
    wanted, unit = _filter(actor)
    page, _person_times = queries.list_events(wanted, size=MOST_EXPORTED)
    refuse_part(page)
    title = _("Trainings of %(unit)s", unit=unit.name if unit else actor.unit_name)
    columns = [
        Column(_("No."), 6),
        Column(_("Title"), 46),
        Column(_("Kind"), 10),
        Column(_("Level"), 10),
        Column(_("Organiser"), 30),
        Column(_("Began on"), 12),
        Column(_("Ended on"), 12),
        Column(_("Hours"), 8),
        Column(_("People"), 8),
        Column(_("Passed"), 8),
    ]
    rows = (
        (
            number,
            row.title,
            str(TRAINING_KINDS[row.kind]),
            str(LEVELS[row.level]),
            row.organiser,
            row.started_on,
            row.ended_on,
            row.hours,
            row.people,
            row.passed,
        )
        for number, row in enumerate(page.items, 1)
    )
    data = write_table(title, columns, rows, sheet_name=_("Trainings"))
    return workbook(data, f"{title} {clock.today().isoformat()}.xlsx")


@blueprint.get("/event")
@requires("people.read")
def show() -> str:
    """A training (its key stands in the address) with its people."""
    actor = current_actor()
    key = request.args.get("key", "")
    event = queries.get_event(key, scope=actor.unit_path)
    wanted = _participants_asked()
    page = queries.list_participants(key, wanted, scope=actor.unit_path, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "trainings/show.html",
        event=event,
        page=page,
        wanted=wanted,
        levels=LEVELS,
        kinds=TRAINING_KINDS,
    )


def _participants_asked() -> ParticipantFilter:
    shown = request.args.get("show", "")
    return ParticipantFilter(asked_text(), OUTCOMES.get(shown), withdrawn=shown == "withdrawn")


@blueprint.get("/event/export")
@requires("people.read")
def export_event() -> Response:
    """The people of a training as a workbook."""
    actor = current_actor()
    key = request.args.get("key", "")
    event = queries.get_event(key, scope=actor.unit_path)
    page = queries.list_participants(
        key, _participants_asked(), scope=actor.unit_path, size=MOST_EXPORTED
    )
    refuse_part(page)
    columns = [
        Column(_("No."), 6),
        Column(_("Full name"), 14),
        Column(_("Unit"), 30),
        Column(_("Hours"), 8),
        Column(_("Result"), 12),
        Column(_("Passed"), 8),
    ]
    rows = (_participant(number, row) for number, row in enumerate(page.items, 1))
    period = f"{event.started_on.isoformat()} – " if event.started_on else ""
    data = write_table(
        event.title,
        columns,
        rows,
        subtitle=f"{period}{event.ended_on.isoformat()} · {LEVELS[event.level]}",
        sheet_name=_("People"),
    )
    return workbook(data, f"{event.title} {event.ended_on.isoformat()}.xlsx")


def _participant(number: int, row: Any) -> tuple[Any, ...]:
    passed = _("yes") if row.passed else _("no")
    return number, row.name, row.unit_name, row.hours, row.result, passed
