"""Distribute a cohort: seats at base schools, quotas of nominating units, criteria, files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import abort, request
from flask_babel import gettext as _

from app.access.guards import requires
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.placements.cohorts import address, planned
from app.blueprints.placements.forms import VersionForm
from app.blueprints.placements.words import PHASES
from app.blueprints.units.acts import find_named_unit
from app.blueprints.units.words import STAGE_NAMES
from app.core.errors import InvalidInput
from app.domain.accounts.rules import Actor
from app.domain.placements.models import Cohort
from app.domain.placements.operations.criteria import (
    CriterionFacts,
    LevelFacts,
    set_criteria,
)
from app.domain.placements.operations.offering import SeatLine, set_quotas, set_seats
from app.domain.placements.queries.base_schools import list_free_capacities
from app.domain.placements.queries.seats import (
    list_criteria,
    list_nominating_units,
    list_quotas,
    list_seats,
)
from app.domain.placements.rules.words import Phase
from app.domain.units.models import SchoolStage

BLANK_ROWS = 3
MOST_ROWS = 500
PHASE_NAMES = {"mid-term": Phase.MID_TERM, "final": Phase.FINAL}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a form as it stands there or was typed."""

    cells: dict[str, str] = field(default_factory=dict)
    note: str = ""

    def __getitem__(self, name: str) -> str:
        return self.cells.get(name, "")


def _typed(*names: str, longest: int = 2000) -> list[Row]:
    """The lines of the form that are not empty."""
    columns = [request.form.getlist(name) for name in names]
    rows = [
        Row({name: text.strip()[:longest] for name, text in zip(names, texts, strict=True)})
        for texts in list(zip(*columns, strict=False))[:MOST_ROWS]
    ]
    return [row for row in rows if any(row.cells.values())]


def _number(row: Row, name: str, label: str, where: str) -> int:
    text = row[name]
    if not (text.isascii() and text.isdecimal() and len(text) < 6):
        raise InvalidInput(
            _("“%(text)s” is no number (%(label)s).", text=text, label=label), "bad_number", where
        )
    return int(text)


@blueprint.route("/cohorts/<int:cohort_id>/seats", methods=["GET", "POST"])
@requires("placements.plan")
def cohort_seats(cohort_id: int) -> Answer:
    """Which base schools offer how many seats, for whom."""
    form = VersionForm(obj=planned(cohort_id))

    def act(actor: Actor) -> str:
        lines = [_seat_line(row, actor) for row in _typed("school", "seats", "stage", "subject")]
        set_seats(cohort_id, lines, expected_version=seen_version(form), actor=actor)
        return address(cohort_id)

    return form_page(
        form,
        "placements/cohort_seats.html",
        act,
        _("Saved."),
        lambda: _seats_context(planned(cohort_id)),
    )


def _seat_line(row: Row, actor: Actor) -> SeatLine:
    school = find_named_unit(row["school"], "seats", actor)
    stage = SchoolStage(row["stage"]) if row["stage"] in set(SchoolStage) else None
    number = _number(row, "seats", school.name, "seats")
    return SeatLine(school.id, number, stage, row["subject"][:40] or None)


def _seats_context(cohort: Cohort) -> dict[str, Any]:
    rows = _typed("school", "seats", "stage", "subject") if request.method == "POST" else []
    capacities = list_free_capacities(cohort, scope=cohort.unit.path)
    if request.method == "GET":
        offered = list_seats(cohort.id)
        rows = [
            Row(
                {
                    "school": f"{line.base_school.code} {line.base_school.name}",
                    "seats": str(line.seats),
                    "stage": line.stage.value if line.stage else "",
                    "subject": line.subject or "",
                },
                str(line.taken or ""),
            )
            for line in offered
        ]
        known = {line.base_school_id for line in offered}
        rows += [
            Row({"school": f"{item.code} {item.name}"})
            for item in capacities
            if item.unit_id not in known
        ]
    return {
        "cohort": cohort,
        "rows": [*rows, *[Row()] * BLANK_ROWS],
        "stages": STAGE_NAMES,
        "capacities": capacities,
    }


@blueprint.route("/cohorts/<int:cohort_id>/quotas", methods=["GET", "POST"])
@requires("placements.plan")
def cohort_quotas(cohort_id: int) -> Answer:
    """How many each county and municipal school may nominate."""
    form = VersionForm(obj=planned(cohort_id))

    def act(actor: Actor) -> str:
        quotas: dict[int, int] = {}
        for row in _typed("unit", "seats"):
            if row["seats"]:
                unit = find_named_unit(row["unit"], "quotas", actor)
                if unit.id in quotas:
                    raise InvalidInput(
                        _("%(unit)s has two quotas. Give one.", unit=unit.name),
                        "unit_twice",
                        "quotas",
                    )
                quotas[unit.id] = _number(row, "seats", unit.name, "quotas")
        set_quotas(cohort_id, quotas, expected_version=seen_version(form), actor=actor)
        return address(cohort_id)

    return form_page(
        form,
        "placements/cohort_quotas.html",
        act,
        _("Saved."),
        lambda: _quotas_context(planned(cohort_id)),
    )


def _quotas_context(cohort: Cohort) -> dict[str, Any]:
    if request.method == "POST":
        return {"cohort": cohort, "rows": [*_typed("unit", "seats"), *[Row()] * BLANK_ROWS]}
    known = {row.unit_id: row for row in list_quotas(cohort.id)}
    rows = [
        Row(
            {
                "unit": f"{unit.code} {unit.name}",
                "seats": str(known[unit.id].seats) if unit.id in known else "",
            },
            str(known[unit.id].nominated or "") if unit.id in known else "",
        )
        for unit in list_nominating_units(cohort)
        if not unit.is_school or unit.id in known
    ]
    return {"cohort": cohort, "rows": [*rows, *[Row()] * BLANK_ROWS]}


@blueprint.route("/cohorts/<int:cohort_id>/criteria/<string:what>", methods=["GET", "POST"])
@requires("placements.plan")
def cohort_criteria(cohort_id: int, what: str) -> Answer:
    """Criteria of one appraisal with their weights and levels."""
    if what not in PHASE_NAMES:
        abort(404)
    phase = PHASE_NAMES[what]
    form = VersionForm(obj=planned(cohort_id))

    def act(actor: Actor) -> str:
        criteria = [
            CriterionFacts(
                row["title"],
                _number(row, "weight", row["title"], "criteria"),
                _read_levels(row["levels"]),
            )
            for row in _typed("title", "weight", "levels")
        ]
        set_criteria(cohort_id, phase, criteria, expected_version=seen_version(form), actor=actor)
        return address(cohort_id)

    return form_page(
        form,
        "placements/cohort_criteria.html",
        act,
        _("Saved."),
        lambda: {
            "cohort": planned(cohort_id),
            "phase": PHASES[phase],
            "rows": _criteria_rows(cohort_id, phase),
        },
    )


def _criteria_rows(cohort_id: int, phase: Phase) -> list[Row]:
    if request.method == "POST":
        rows = _typed("title", "weight", "levels")
    else:
        rows = [
            Row(
                {
                    "title": item.title,
                    "weight": str(item.weight),
                    "levels": _written_levels(item.levels),
                }
            )
            for item in list_criteria(cohort_id)
            if item.phase is phase
        ]
    return [*rows, *[Row()] * BLANK_ROWS]


def _written_levels(levels: list[dict[str, Any]]) -> str:
    lines = [f"{item['from']} {item['title']} {item.get('description', '')}" for item in levels]
    return "\n".join(line.strip() for line in lines)


def _read_levels(text: str) -> tuple[LevelFacts, ...]:
    """One level a line: from how many points, its name, and if wanted what it means."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        points, _blank, rest = line.strip().partition(" ")
        title, _blank, description = rest.strip().partition(" ")
        if not (points.isascii() and points.isdecimal() and len(points) < 4 and title):
            raise InvalidInput(
                _(
                    "“%(line)s” is no level. Write the points, a blank, its name, e.g. “90 Excellent”.",
                    line=line.strip()[:40],
                ),
                "bad_level",
                "criteria",
            )
        found.append(LevelFacts(int(points), title[:40], description.strip()[:300]))
    return tuple(found)
