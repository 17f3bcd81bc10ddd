"""The ledger of a unit, as a page and as a workbook."""

from __future__ import annotations

from datetime import date

from flask import Response, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from app.access.guards import current_actor, requires
from app.access.session import data_stamp
from app.blueprints.counties.arguments import Asked, read_asked
from app.blueprints.counties.blueprint import blueprint
from app.blueprints.counties.columns import (
    group_heads,
    lines,
    list_columns,
    rows_address,
    total_cells,
)
from app.blueprints.downloads import workbook
from app.blueprints.kept_pages import kept_page
from app.core.caches import StampedCache
from app.domain.accounts.rules import Actor
from app.domain.people.rules import TrainingLevel
from app.domain.statistics.figures import FIGURES
from app.domain.statistics.ledger import Comparison, Ledger, compare, read_ledger
from app.domain.statistics.places import list_above
from app.domain.statistics.words import TARGETS, lead_policy, ledger_name, level_label
from app.domain.statistics.workbooks import ledger_workbook

# Figures and their table rendered, for as long as the ledger they show is the newest.
_rendered: StampedCache[Markup] = StampedCache(most=200)


@blueprint.get("/")
@requires("ledger.read")
def index() -> Response | str:
    """The county ledger"""
    return kept_page(data_stamp(), _page)


def _page() -> str:
    actor = current_actor()
    asked = read_asked()
    ledger = _read(asked)
    comparison = _compare(asked)
    everything = request.args.get("columns") == "all"
    return render_template(
        "counties/index.html",
        asked=asked,
        ledger=ledger,
        name=ledger_name(ledger),
        above=_trail(actor, asked, ledger),
        figures=_render(asked, ledger, comparison, everything=everything),
        comparison=comparison,
        everything=everything,
        actor_unit_kind=actor.unit_kind,
        workbook_url=f"{url_for('counties.download')}?{asked.query()}",
    )


@blueprint.get("/workbook")
@requires("ledger.read")
def download() -> Response:
    """The ledger in the bureau's layout"""
    asked = read_asked()
    ledger = _read(asked)
    name = _("%(unit)s figures %(day)s", unit=ledger_name(ledger), day=ledger.as_of.isoformat())
    return workbook(ledger_workbook(ledger), f"{name}.xlsx")


def _read(asked: Asked) -> Ledger:
    return read_ledger(
        asked.view.unit_id, as_of=asked.as_of, since=asked.since, part=asked.view.part
    )


def _compare(asked: Asked) -> Comparison | None:
    if asked.compare is None:
        return None
    return compare(
        asked.view.unit_id,
        as_of=asked.as_of,
        since=asked.since,
        compare_with=asked.compare,
        part=asked.view.part,
    )


def _render(
    asked: Asked, ledger: Ledger, comparison: Comparison | None, *, everything: bool
) -> Markup:
    """The figures of the page; most of its cost, so kept while the data does not change."""
    stamps = {ledger.stamp} | ({comparison.ledger.stamp} if comparison is not None else set())
    key = (asked, everything, str(get_locale()))
    kept = _rendered.find(key)
    if kept is not None and stamps == {kept[0]}:
        return kept[1]
    columns = list_columns(ledger, everything=everything)
    html = Markup(
        render_template(
            "counties/_figures.html",
            asked=asked,
            ledger=ledger,
            name=ledger_name(ledger),
            comparison=comparison,
            columns=columns,
            groups=group_heads(columns),
            lines=lines(ledger, asked, columns, comparison),
            totals=total_cells(ledger, asked, columns, comparison),
            levels=[
                (level_label(TrainingLevel(level)), count)
                for level, count in ledger.totals["training_person_times_by_level"].items()
                if count
            ],
            addresses=_addresses(asked),
            missed={target.value: str(TARGETS[target]) for target in ledger.missed},
            policies=[lead_policy(setting) for setting in ledger.lead_policies],
            gaps=[(place.name, _unit_url(asked, place.code)) for place in ledger.gaps],
        )
    )
    if len(stamps) == 1:
        _rendered.keep(key, ledger.stamp, html)
    return html


def _addresses(asked: Asked) -> dict[str, str | None]:
    query = asked.query()
    return {
        name: f"{rows_address(figure)}{query}" if asked.view.rows else None
        for name, figure in FIGURES.items()
    }


def _unit_url(asked: Asked, code: str, compare_with: date | None = None) -> str | None:
    if not asked.view.rows:
        return None
    changes: dict[str, object] = {"unit": code, "part": None, "compare": compare_with}
    return f"{url_for('counties.index')}?{asked.query(**changes)}"


def _trail(actor: Actor, asked: Asked, ledger: Ledger) -> list[tuple[str, str | None]]:
    """The units above within the scope, each with its ledger of the same day."""
    if not asked.view.rows or (ledger.part is None and ledger.unit.path == actor.unit_path):
        return []
    above = list_above(ledger.unit.path, scope=actor.unit_path, with_itself=ledger.part is not None)
    return [(unit.name, _unit_url(asked, unit.code, asked.compare)) for unit in above]
