"""The tree of units: browse, look at one, find one."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import current_actor, requires
from app.blueprints.units.words import ALIAS_NAMES, KIND_NAMES, STAGE_NAMES
from app.core import clock
from app.domain.people.unit_changes import count_postings_after
from app.domain.units import queries
from app.domain.units.models import SchoolStage, Unit, UnitKind
from app.domain.units.queries import UnitFilter

blueprint = Blueprint("units", __name__)
WORDS = {"kind_names": KIND_NAMES, "stage_names": STAGE_NAMES, "alias_names": ALIAS_NAMES}


@blueprint.get("/")
@requires("units.read")
def index() -> Response:
    """The tree, at the unit of the role."""
    return redirect(url_for("units.show", code=current_actor().unit_code))


@blueprint.get("/<string:code>")
@requires("units.read")
def show(code: str) -> str:
    """A unit's record: what it is, what hangs under it, what it was."""
    actor = current_actor()
    unit = queries.get_record(code, scope=actor.unit_path)
    wanted = _filter()
    parts = None
    if unit.kind is not UnitKind.SCHOOL:
        page = request.args.get("page", 1, type=int)
        parts = queries.list_parts(unit, wanted, on=clock.today(), page=max(page, 1))
    return render_template(
        "units/show.html",
        unit=unit,
        parts=parts,
        wanted=wanted,
        chips=_chips(wanted),
        ancestors=queries.list_ancestors(unit, scope=actor.unit_path),
        **_school_facts(unit),
        **WORDS,
    )


def _school_facts(unit: Unit) -> dict[str, object]:
    if not unit.is_school:
        return {}
    return {
        "returns": queries.list_facility_returns(unit.id),
        "base_periods": queries.list_base_school_periods(unit.id),
        "posted": count_postings_after(unit.id, clock.today()),
    }


def _filter() -> UnitFilter:
    stage, show_what = request.args.get("stage", ""), request.args.get("show", "")
    return UnitFilter(
        q=request.args.get("q", "").strip()[:120],
        stage=SchoolStage(stage) if stage in set(SchoolStage) else None,
        closed=show_what == "closed",
        base_schools=show_what == "base_schools",
        everything_below=bool(stage),
    )


def _chips(wanted: UnitFilter) -> list[tuple[str, str, str]]:
    chips = []
    if wanted.q:
        chips.append(("q", _("Name or code"), wanted.q))
    if wanted.stage:
        chips.append(("stage", _("School stage"), str(STAGE_NAMES[wanted.stage])))
    if wanted.closed:
        chips.append(("show", _("Show"), _("Closed ones")))
    if wanted.base_schools:
        chips.append(("show", _("Show"), _("Base schools")))
    return chips


@blueprint.get("/suggest")
@requires("units.read")
def suggest() -> str:
    """Units that fit what is being typed, as options of a unit field."""
    found = queries.suggest_units(request.args.get("q", "")[:60], scope=current_actor().unit_path)
    return render_template("units/suggest.html", units=found)
