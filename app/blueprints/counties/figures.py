"""The rows behind a figure: filter, order, pages, workbook."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response as BaseResponse

from app.access.guards import current_actor, requires
from app.blueprints.counties.arguments import Asked, read_asked, read_choice, read_page
from app.blueprints.counties.blueprint import blueprint
from app.blueprints.counties.columns import LACKING
from app.blueprints.downloads import workbook
from app.core.errors import Forbidden
from app.core.paging import PAGE_SIZE, Page
from app.domain.people.rules import TrainingLevel
from app.domain.statistics.definition import Figure
from app.domain.statistics.figures import get_figure
from app.domain.statistics.rows import (
    FigureRows,
    Lacking,
    RowOrder,
    Stretch,
    Wanted,
    list_figure_rows,
)
from app.domain.statistics.sources.base import Detail
from app.domain.statistics.sources.schools import SCHOOLS
from app.domain.statistics.sources.trainings import TRAININGS
from app.domain.statistics.words import DAYS, DETAILS, LEVELS, detail_text, part_name
from app.domain.statistics.workbooks import rows_workbook

LACKINGS = {
    Lacking.COUNSELOR: lazy_gettext("without a counselor"),
    Lacking.ROOM: lazy_gettext("without a counseling room"),
}
NUMBERS = {Detail.ROOMS, Detail.ROOM_AREA, Detail.HOURS, Detail.TIMES, Detail.LEAD_TEACHERS}


@blueprint.get("/figures/<string:figure>")
@requires("ledger.rows")
def show_figure(figure: str) -> str | BaseResponse:
    """The rows behind a figure"""
    asked = read_asked()
    found = get_figure(figure)
    if found.parts is not None:
        query = asked.query(lacking=LACKING[figure])
        return redirect(f"{url_for('counties.show_figure', figure=found.parts[1])}?{query}")
    wanted = _wanted(asked, figure)
    number = read_page()
    stretch = Stretch(PAGE_SIZE, (number - 1) * PAGE_SIZE)
    listing = _list(asked, wanted, stretch)
    page = Page(listing.items, number, PAGE_SIZE, listing.total)
    return render_template(
        "counties/figure.html",
        asked=asked,
        wanted=wanted,
        listing=listing,
        page=page,
        name=_place_name(listing),
        details=[(detail, str(DETAILS[detail]), detail in NUMBERS) for detail in _details(found)],
        day_label=str(DAYS[found.source.day]) if found.source else "",
        detail_text=detail_text,
        levels=[(level.value, str(name)) for level, name in LEVELS.items()]
        if found.source is TRAININGS
        else [],
        lackings=[(lacking.value, str(name)) for lacking, name in LACKINGS.items()]
        if found.source is SCHOOLS
        else [],
        chips=_chips(wanted),
        counts_one=all(row.value == 1 for row in listing.items),
        has_people=any(row.person_id for row in listing.items),
        workbook_url=f"{url_for('counties.download_figure', figure=figure)}?{_filters(asked, wanted)}",
        ledger_url=f"{url_for('counties.index')}?{asked.query()}",
    )


@blueprint.get("/figures/<string:figure>/workbook")
@requires("ledger.rows")
def download_figure(figure: str) -> Response:
    """All rows behind a figure, as they are filtered"""
    asked = read_asked()
    listing = _list(asked, _wanted(asked, figure), Stretch())
    name = f"{_place_name(listing)}-{listing.figure.label}-{listing.as_of.isoformat()}"
    return workbook(rows_workbook(listing), f"{name}.xlsx")


def _wanted(asked: Asked, figure: str) -> Wanted:
    sort = request.args.get("sort", "")
    wanted = Wanted(
        figure,
        asked.as_of,
        asked.since,
        asked.view.part,
        read_choice("level", TrainingLevel),
        request.args.get("q", "").strip()[:60],
        read_choice("lacking", Lacking),
        descending=sort.startswith("-"),
    )
    orders = {order.value: order for order in RowOrder}
    return replace(wanted, order=orders.get(sort.removeprefix("-")))


def _list(asked: Asked, wanted: Wanted, stretch: Stretch) -> FigureRows:
    if not asked.view.rows:
        raise Forbidden(_("Your role sees the figures, not the rows behind them."))
    return list_figure_rows(asked.view.unit_id, wanted, stretch, scope=current_actor().unit_path)


def _details(figure: Figure) -> tuple[Detail, ...]:
    return figure.source.details if figure.source is not None else ()


def _filters(asked: Asked, wanted: Wanted) -> str:
    return asked.query(level=wanted.level, q=wanted.q or None, lacking=wanted.lacking)


def _place_name(listing: FigureRows) -> str:
    if listing.part is None:
        return listing.unit.name
    return f"{listing.unit.name} · {part_name(listing.unit.name, listing.part)}"


def _chips(wanted: Wanted) -> list[tuple[str, str, str]]:
    chips = []
    if wanted.q:
        chips.append(("q", _("Name"), wanted.q))
    if wanted.level is not None:
        chips.append(("level", _("Level"), str(LEVELS[wanted.level])))
    if wanted.lacking is not None:
        chips.append(("lacking", _("Schools"), str(LACKINGS[wanted.lacking])))
    return chips
