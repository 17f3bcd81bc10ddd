"""Who lacks what: the counts of a unit and its divisions, the list behind each, the exports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, render_template, request
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.asking import asked_page, asked_unit, refuse_beyond
from app.blueprints.downloads import workbook
from app.blueprints.gaps.words import GAPS, SHORT
from app.blueprints.units.words import STAGE_NAMES
from app.core import clock
from app.core.db import db
from app.core.paging import PAGE_SIZE, Page, refuse_part
from app.core.spreadsheet import Column, write_table
from app.domain.statistics import gaps
from app.domain.statistics.frame import Frame
from app.domain.statistics.gaps import PERSON_GAPS, SCHOOL_GAPS, UNIT_GAPS, Gap, LackingPerson

blueprint = Blueprint("gaps", __name__)
MOST_EXPORTED = 50_000
ANYTHING = "anything"
REST = "rest"


@dataclass(frozen=True)
class _Asked:
    """Whose gaps: a unit, or with ``rest`` what hangs directly under it (the municipal schools)."""

    frame: Frame
    name: str
    code: str
    kind: str
    rest: bool
    chosen: bool


@blueprint.get("/")
@requires("people.read")
def index() -> str:
    """What is missing in the unit, each count leading to its list; for a school also its people."""
    asked = _asked()
    overview = gaps.count_gaps(db.session(), asked.frame, clock.today())
    people = None
    if asked.kind == "school":
        people = gaps.list_lacking_people(db.session(), asked.frame, None, page=asked_page())
        refuse_beyond(people)
    return render_template(
        "gaps/index.html",
        overview=overview,
        people=people,
        asked=asked,
        chips=[("unit", _("Unit"), asked.name)] if asked.chosen else [],
        school_gaps=SCHOOL_GAPS,
        person_gaps=PERSON_GAPS,
        hours_wanted=gaps.hours_wanted(asked.frame),
        names=GAPS,
        short=SHORT,
    )


def _asked() -> _Asked:
    actor = current_actor()
    unit = asked_unit(actor)
    path = unit.path if unit else actor.unit_path
    rest = request.args.get("part") == REST
    today = clock.today()
    left_out = gaps.list_divisions(db.session(), path, today) if rest else ()
    frame = gaps.gaps_frame(db.session(), path, today, without=tuple(row.path for row in left_out))
    if unit is not None:
        return _Asked(frame, unit.name, unit.code, unit.kind.value, rest, chosen=True)
    return _Asked(frame, actor.unit_name, actor.unit_code, actor.unit_kind, rest, chosen=False)


def _gap(text: str) -> Gap | None:
    if text == ANYTHING:
        return None
    if text not in set(Gap):
        abort(404)
    return Gap(text)


def _rows(gap: Gap | None, frame: Frame, *, page: int = 1, size: int = PAGE_SIZE) -> Page[Any]:
    if gap in UNIT_GAPS and gap is not None:
        return gaps.list_lacking_units(
            db.session(), frame, gap, clock.today(), page=page, size=size
        )
    return gaps.list_lacking_people(db.session(), frame, gap, page=page, size=size)


@blueprint.get("/<string:text>")
@requires("people.read")
def show(text: str) -> str:
    """The units or counselors behind one count ("anything": all who lack something)."""
    gap = _gap(text)
    asked = _asked()
    page = _rows(gap, asked.frame, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "gaps/show.html",
        page=page,
        gap=gap,
        text=text,
        of_units=gap in UNIT_GAPS,
        title=GAPS[gap] if gap else _("Counselors who lack something"),
        asked=asked,
        person_gaps=PERSON_GAPS,
        hours_wanted=gaps.hours_wanted(asked.frame),
        short=SHORT,
        stages=STAGE_NAMES,
    )


@blueprint.get("/<string:text>/export")
@requires("people.read")
def export(text: str) -> Response:
    """The list as a workbook."""
    gap = _gap(text)
    asked = _asked()
    page = _rows(gap, asked.frame, size=MOST_EXPORTED)
    refuse_part(page)
    name = _("Municipal schools of %(unit)s", unit=asked.name) if asked.rest else asked.name
    title = f"{name}{_(': ')}{GAPS[gap] if gap else _('Counselors who lack something')}"
    cells: Any
    if gap in UNIT_GAPS:
        columns = [Column(_("No."), 6), Column(_("Unit"), 34), Column(_("Under"), 30)]
        columns += [Column(_("School stage"), 20), Column(_("Code"), 16)]
        cells = (
            (
                number,
                row.name,
                row.parent_name,
                str(STAGE_NAMES[row.stage]) if row.stage else None,
                row.code,
            )
            for number, row in enumerate(page.items, 1)
        )
    else:
        columns = [Column(_("No."), 6), Column(_("Full name"), 14), Column(_("Unit"), 34)]
        columns += [Column(_("Hours this year"), 10)]
        columns += [Column(str(SHORT[gap]), 12) for gap in PERSON_GAPS]
        cells = (_person_cells(number, row) for number, row in enumerate(page.items, 1))
    subtitle = _("As of %(day)s", day=clock.today().isoformat())
    data = write_table(title, columns, cells, subtitle=subtitle, sheet_name=_("Missing"))
    return workbook(data, f"{title} {clock.today().isoformat()}.xlsx")


def _person_cells(number: int, row: LackingPerson) -> tuple[Any, ...]:
    marks = ("✕" if gap in row.lacks else None for gap in PERSON_GAPS)
    return number, row.name, row.unit_name, row.hours, *marks
