"""The list of studios and trainer teams, a studio's record with its people, the exports."""

from __future__ import annotations

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
from app.blueprints.people.words import STUDIO_ROLES
from app.blueprints.studios.words import STUDIO_KINDS
from app.core import clock
from app.core.paging import refuse_part
from app.core.spreadsheet import Column, write_table
from app.domain.accounts.rules import Actor
from app.domain.people.queries import studios as queries
from app.domain.people.queries.studios import MemberFilter, StudioFilter
from app.domain.people.rules import StudioKind
from app.domain.units.models import Unit

blueprint = Blueprint("studios", __name__)
MOST_EXPORTED = 20_000
EVERYBODY = "everybody"


@blueprint.get("/")
@requires("people.read")
def index() -> str:
    """Studios and teams of the unit."""
    wanted, unit = _filter(current_actor())
    page, hosts = queries.list_studios(wanted, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "studios/index.html",
        page=page,
        hosts=hosts,
        kinds=STUDIO_KINDS,
        chips=_chips(wanted, unit),
    )


def _filter(actor: Actor) -> tuple[StudioFilter, Unit | None]:
    unit = asked_unit(actor)
    return (
        StudioFilter(
            unit.path if unit else actor.unit_path,
            asked_text(),
            asked_choice("kind", StudioKind),
            running=asked_text("show") != "ended",
        ),
        unit,
    )


def _chips(wanted: StudioFilter, unit: Unit | None) -> list[tuple[str, str, str]]:
    chips = []
    if wanted.q:
        chips.append(("q", _("Search"), wanted.q))
    if unit is not None:
        chips.append(("unit", _("Unit"), unit.name))
    if wanted.kind is not None:
        chips.append(("kind", _("Kind"), str(STUDIO_KINDS[wanted.kind])))
    if not wanted.running:
        chips.append(("show", _("Show"), _("Ended")))
    return chips


@blueprint.get("/export")
@requires("people.read")
def export() -> Response:
    """The list as a workbook."""
    actor = current_actor()
    wanted, unit = _filter(actor)
    page, hosts = queries.list_studios(wanted, size=MOST_EXPORTED)
    refuse_part(page)
    title = _("Studios and teams of %(unit)s", unit=unit.name if unit else actor.unit_name)
    columns = [
        Column(_("No."), 6),
        Column(_("Name"), 40),
        Column(_("Kind"), 12),
        Column(_("Unit"), 30),
        Column(_("Host"), 20),
        Column(_("Members"), 10),
        Column(_("Runs from"), 12),
        Column(_("Last day"), 12),
    ]
    rows = (
        (
            number,
            row.name,
            str(STUDIO_KINDS[row.kind]),
            row.unit_name,
            "、".join(hosts.get(row.id, [])),
            row.members,
            row.valid_from,
            row.valid_until,
        )
        for number, row in enumerate(page.items, 1)
    )
    data = write_table(title, columns, rows, sheet_name=_("Studios"))
    return workbook(data, f"{title} {clock.today().isoformat()}.xlsx")


@blueprint.get("/<int:studio_id>")
@requires("people.read")
def show(studio_id: int) -> str:
    """A studio with its people of a day."""
    actor = current_actor()
    studio = queries.get_studio(studio_id, scope=actor.unit_path)
    wanted = _members_asked()
    page = queries.list_members(studio.id, wanted, scope=actor.unit_path, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "studios/show.html",
        studio=studio,
        page=page,
        wanted=wanted,
        hosts=queries.list_hosts(studio.id, wanted.on or clock.today()),
        kinds=STUDIO_KINDS,
        roles=STUDIO_ROLES,
        today=clock.today(),
    )


def _members_asked() -> MemberFilter:
    everybody = request.args.get("show") == EVERYBODY
    return MemberFilter(asked_text(), None if everybody else asked_day("on") or clock.today())


@blueprint.get("/<int:studio_id>/export")
@requires("people.read")
def export_members(studio_id: int) -> Response:
    """A studio's people as a workbook."""
    actor = current_actor()
    studio = queries.get_studio(studio_id, scope=actor.unit_path)
    wanted = _members_asked()
    page = queries.list_members(studio.id, wanted, scope=actor.unit_path, size=MOST_EXPORTED)
    refuse_part(page)
    columns = [
        Column(_("No."), 6),
        Column(_("Full name"), 14),
        Column(_("As"), 10),
        Column(_("Unit"), 30),
        Column(_("From"), 12),
        Column(_("Last day"), 12),
        Column(_("Reason for the end"), 30),
    ]
    rows = (
        (
            number,
            row.name,
            str(STUDIO_ROLES[row.role]),
            row.posted_at,
            row.valid_from,
            row.valid_until,
            row.end_reason,
        )
        for number, row in enumerate(page.items, 1)
    )
    on = wanted.on
    subtitle = _("As of %(day)s", day=on.isoformat()) if on else _("Everybody who ever belonged")
    data = write_table(studio.name, columns, rows, subtitle=subtitle, sheet_name=_("Members"))
    return workbook(data, f"{studio.name} {clock.today().isoformat()}.xlsx")
