"""Certificates issued by the unit or to its people: the list, one with its history, the export."""

from __future__ import annotations

from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import current_actor, requires, signed_in
from app.blueprints.asking import (
    asked_choice,
    asked_number,
    asked_page,
    asked_text,
    asked_unit,
    refuse_beyond,
)
from app.blueprints.certificates.blueprint import blueprint
from app.blueprints.certificates.words import ACTIONS, KINDS, SOURCES, STANDINGS
from app.blueprints.downloads import workbook
from app.core import clock
from app.core.paging import refuse_part
from app.core.spreadsheet import Column, write_table
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Certificate
from app.domain.certificates.queries import issued as queries
from app.domain.certificates.queries.issued import CertificateFilter
from app.domain.certificates.queries.ungrounded import has_lost_ground
from app.domain.certificates.rules.verifying import Standing, standing_on
from app.domain.certificates.rules.words import CertificateKind

MOST_EXPORTED = 20_000
EARLIEST, LATEST = 1990, 2100


@blueprint.get("/")
@signed_in
def index() -> ResponseReturnValue:
    """Officers see what was issued, a teacher their own; everybody else may check one."""
    actor = current_actor()
    if actor.may("certificates.read"):
        return _issued_page(actor)
    if actor.may("certificates.hold"):
        return redirect(url_for("certificates.wallet"))
    return redirect(url_for("verify.index"))


def _issued_page(actor: Actor) -> str:
    wanted, chips = _filter(actor)
    page = queries.list_certificates(wanted, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "certificates/index.html",
        page=page,
        chips=chips,
        kinds=KINDS,
        standings=STANDINGS,
        choices=[(standing, words[0]) for standing, words in STANDINGS.items()],
        years=[(year, year) for year in queries.years_issued(actor.unit_path)],
        standing_of=standing_today,
    )


def standing_today(certificate: Certificate) -> Standing:
    """What a certificate is worth today."""
    return standing_on(certificate.state, certificate.valid_until, clock.today())


def _filter(actor: Actor) -> tuple[CertificateFilter, list[tuple[str, str, str]]]:
    unit = asked_unit(actor)
    text = asked_text()
    kind = asked_choice("kind", CertificateKind)
    standing = asked_choice("standing", Standing)
    year = asked_number("year", EARLIEST, LATEST)
    chips: list[tuple[str, str, str]] = []
    if text:
        chips.append(("q", _("Search"), text))
    if unit is not None:
        chips.append(("unit", _("Unit"), unit.name))
    if kind is not None:
        chips.append(("kind", _("Kind"), str(KINDS[kind])))
    if standing is not None:
        chips.append(("standing", _("State"), str(STANDINGS[standing][0])))
    if year is not None:
        chips.append(("year", _("Year"), str(year)))
    ungrounded = request.args.get("look") == "ungrounded"
    if ungrounded:
        chips.append(("look", _("Look at"), _("the training was withdrawn or is not passed")))
    path = unit.path if unit else actor.unit_path
    wanted = CertificateFilter(path, text, kind, standing, year, ungrounded=ungrounded)
    return wanted, chips


@blueprint.get("/export")
@requires("certificates.read")
def export() -> Response:
    """The list as a workbook; without identity numbers."""
    wanted, _chips = _filter(current_actor())
    page = queries.list_certificates(wanted, size=MOST_EXPORTED)
    refuse_part(page)
    title = _("Certificates issued")
    columns = [
        Column(_("No."), 6),
        Column(_("Certificate number"), 30),
        Column(_("Full name"), 14),
        Column(_("Unit"), 30),
        Column(_("Kind"), 16),
        Column(_("Title"), 40),
        Column(_("Hours"), 8),
        Column(_("Issued on"), 12),
        Column(_("Issued by"), 26),
        Column(_("State"), 14),
    ]
    rows = (_cells(number, one) for number, one in enumerate(page.items, 1))
    data = write_table(title, columns, rows, sheet_name=title)
    return workbook(data, f"{title} {clock.today().isoformat()}.xlsx")


def _cells(number: int, one: Certificate) -> tuple[Any, ...]:
    return (
        number,
        one.number,
        one.holder,
        one.person_unit.name,
        str(KINDS[one.kind]),
        one.title,
        one.hours,
        one.issued_on,
        one.unit.name,
        str(STANDINGS[standing_today(one)][0]),
    )


@blueprint.get("/<int:certificate_id>")
@requires("certificates.read")
def show(certificate_id: int) -> str:
    """A certificate: what it says, how it stands, what happened to it and its reissues."""
    return render_template("certificates/show.html", **certificate_context(certificate_id))


def certificate_context(certificate_id: int) -> dict[str, Any]:
    """What the pages about one certificate show."""
    actor = current_actor()
    certificate = queries.get_certificate(certificate_id, scope=actor.unit_path)
    copies = queries.list_of_number(certificate)
    return {
        "certificate": certificate,
        "standing": standing_today(certificate),
        "ungrounded": has_lost_ground(certificate_id),
        "copies": copies,
        "numbers": {one.id: one.number for one in copies},
        "history": queries.list_history(copies),
        "ours": certificate.unit.path.startswith(actor.unit_path),
        "kinds": KINDS,
        "sources": SOURCES,
        "standings": STANDINGS,
        "actions": ACTIONS,
        "standing_of": standing_today,
    }
