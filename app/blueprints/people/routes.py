"""The list of people and its export."""

from __future__ import annotations

from datetime import date

from flask import Response, abort, render_template, request
from flask_babel import gettext as _
from markupsafe import Markup

from app.access.guards import current_actor, requires
from app.access.session import data_stamp
from app.blueprints.downloads import workbook
from app.blueprints.kept_pages import kept_page
from app.blueprints.people.blueprint import blueprint
from app.blueprints.people.words import ROLES, SEXES, STATUSES
from app.core import clock
from app.core.spreadsheet import Column, write_table
from app.domain.accounts.rules import Actor
from app.domain.people.queries.registry import (
    ListedPerson,
    PeopleFilter,
    iterate_people,
    list_people,
)
from app.domain.people.queries.visibility import Status
from app.domain.people.rules import PostingRole
from app.domain.units.models import Unit
from app.domain.units.queries import find_unit_by_text, get_unit

LONGEST_SEARCH = 80


@blueprint.get("/")
@requires("people.read")
def index() -> Response | str:
    """People of the unit: search, filter, page. Kept for one state of the data."""
    return kept_page(data_stamp(), _page)


def _page() -> str:
    actor = current_actor()
    return render_template("people/index.html", content=Markup(_list(actor)))


def _list(actor: Actor) -> str:
    wanted, unit = read_filter(actor)
    number = request.args.get("page", 1, type=int)
    page = list_people(unit.path if unit else actor.unit_path, wanted, page=max(number, 1))
    if page.number > page.pages:
        abort(404)
    return render_template(
        "people/_list.html",
        page=page,
        roles=ROLES,
        role_texts={None: "", **{role: str(text) for role, text in ROLES.items()}},
        statuses=STATUSES,
        actor_unit_kind=actor.unit_kind,
        chips=_chips(wanted, unit),
    )


def read_filter(actor: Actor) -> tuple[PeopleFilter, Unit | None]:
    """What the address asks for; a unit outside the scope is Forbidden, an unknown name not found."""
    status, role = request.args.get("status", ""), request.args.get("role", "")
    wanted = PeopleFilter(
        q=request.args.get("q", "").strip()[:LONGEST_SEARCH],
        status=Status(status) if status in set(Status) else Status.CURRENT,
        role=PostingRole(role) if role in set(PostingRole) else None,
    )
    return wanted, _unit_asked(actor)


def _unit_asked(actor: Actor) -> Unit | None:
    text = request.args.get("unit", "").strip()
    if not text:
        return None
    code = text.split(maxsplit=1)[0]
    if code.isascii():
        return get_unit(code, scope=actor.unit_path)
    unit = find_unit_by_text(text, scope=actor.unit_path)
    if unit is None:
        abort(404, _("No single unit of yours has this name."))
    return unit


def _chips(wanted: PeopleFilter, unit: Unit | None) -> list[tuple[str, str, str]]:
    chips = []
    if wanted.q:
        chips.append(("q", _("Search"), wanted.q))
    if unit is not None:
        chips.append(("unit", _("Unit"), unit.name))
    if wanted.role is not None:
        chips.append(("role", _("Full or part time"), str(ROLES[wanted.role])))
    if wanted.status is not Status.CURRENT:
        chips.append(("status", _("Status"), str(STATUSES[wanted.status])))
    return chips


@blueprint.get("/export")
@requires("people.read")
def export() -> Response:
    """The list as a workbook, numbers masked."""
    actor = current_actor()
    wanted, unit = read_filter(actor)
    path = unit.path if unit else actor.unit_path
    name = unit.name if unit else actor.unit_name
    title = _("Counselors of %(unit)s", unit=name)
    if wanted.status is Status.EXTERNAL:
        title = _("External experts of %(unit)s", unit=name)
    today = clock.today()
    rows = (_cells(number, row) for number, row in enumerate(iterate_people(path, wanted), 1))
    data = write_table(
        title,
        _columns(),
        rows,
        subtitle=_("As of %(day)s; identity numbers and phones are masked.", day=today),
        sheet_name=_("People"),
    )
    return workbook(data, f"{title} {today.isoformat()}.xlsx")


def _columns() -> list[Column]:
    return [
        Column(_("No."), 6),
        Column(_("Full name"), 14),
        Column(_("Sex"), 6),
        Column(_("Identity number"), 22),
        Column(_("Unit"), 30),
        Column(_("Full or part time"), 12),
        Column(_("Professional title"), 14),
        Column(_("Phone"), 16),
        Column(_("From"), 12, "yyyy-mm-dd"),
        Column(_("Last day"), 12, "yyyy-mm-dd"),
    ]


def _cells(number: int, row: ListedPerson) -> list[str | int | date | None]:
    return [
        number,
        row.name,
        str(SEXES[row.sex]) if row.sex else None,
        row.id_number,
        row.unit_name,
        str(ROLES[row.role]) if row.role else None,
        row.title,
        row.phone,
        row.posted_from,
        row.posted_until,
    ]
