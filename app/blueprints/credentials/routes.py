"""The list of credentials with what is doubtful about each, a record, the export."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.asking import (
    asked_choice,
    asked_page,
    asked_text,
    asked_unit,
    refuse_beyond,
)
from app.blueprints.credentials.words import DOUBTS, LIVES
from app.blueprints.downloads import workbook
from app.blueprints.people.words import CREDENTIAL_STATES, CREDENTIAL_TONES
from app.core import clock
from app.core.paging import refuse_part
from app.core.spreadsheet import Column, write_table
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Credential, CredentialKind, CredentialKindRule
from app.domain.certificates.operations.verification import seen_as
from app.domain.certificates.queries import credentials as queries
from app.domain.certificates.queries.chains import list_chain
from app.domain.certificates.queries.credentials import CredentialFilter, Life
from app.domain.certificates.queries.kinds import list_kinds, rules_on
from app.domain.certificates.queries.pictures import find_same_picture, list_pictures
from app.domain.certificates.rules import CredentialState, Doubt, doubts
from app.domain.units.models import Unit

blueprint = Blueprint("credentials", __name__)
MOST_EXPORTED = 50_000
WORDS = {
    "states": CREDENTIAL_STATES,
    "tones": CREDENTIAL_TONES,
    "doubt_words": DOUBTS,
    "lives": LIVES,
}


@blueprint.get("/")
@requires("people.read")
def index() -> str:
    """Credentials of the people of the unit."""
    actor = current_actor()
    kinds = list_kinds()
    rules = rules_on(kinds, clock.today())
    wanted, unit = _filter(actor)
    page = queries.list_credentials(wanted, rules, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "credentials/index.html",
        page=page,
        choosable=actor.may("credentials.verify")
        and any(row[0].state is CredentialState.CLAIMED for row in page.items),
        doubts={row[0].id: doubts_about(row[0], row.born_on, rules) for row in page.items},
        kinds=[(kind.id, kind.name) for kind in kinds],
        chips=_chips(wanted, unit, kinds),
        seen_as=seen_as,
        waiting=queries.count_waiting(actor.unit_path) if actor.may("credentials.verify") else 0,
        **WORDS,
    )


def _filter(actor: Actor) -> tuple[CredentialFilter, Unit | None]:
    unit = asked_unit(actor)
    kind = request.args.get("kind", "")
    return (
        CredentialFilter(
            unit.path if unit else actor.unit_path,
            asked_text(),
            asked_choice("state", CredentialState),
            int(kind) if kind.isascii() and kind.isdecimal() and len(kind) < 10 else None,
            asked_choice("life", Life),
        ),
        unit,
    )


def _chips(
    wanted: CredentialFilter, unit: Unit | None, kinds: Sequence[CredentialKind]
) -> list[tuple[str, str, str]]:
    chips = []
    if wanted.q:
        chips.append(("q", _("Search"), wanted.q))
    if unit is not None:
        chips.append(("unit", _("Unit"), unit.name))
    if wanted.state is not None:
        chips.append(("state", _("State"), str(CREDENTIAL_STATES[wanted.state])))
    name = next((kind.name for kind in kinds if kind.id == wanted.kind_id), None)
    if name is not None:
        chips.append(("kind", _("Kind"), name))
    if wanted.life is not None:
        chips.append(("life", _("Validity"), str(LIVES[wanted.life])))
    return chips


def doubts_about(
    credential: Credential, born_on: date | None, rules: Mapping[int, CredentialKindRule]
) -> list[Doubt]:
    """What whoever looks at a credential should look at twice."""
    rule = rules.get(credential.kind_id)
    return doubts(
        number_key=credential.number_key,
        pattern=rule.number_pattern if rule else None,
        renewal_years=rule.renewal_years if rule else None,
        issued_on=credential.issued_on,
        renewed_on=credential.renewed_on,
        expires_on=credential.expires_on,
        born_on=born_on,
        today=clock.today(),
    )


@blueprint.get("/export")
@requires("people.read")
def export() -> Response:
    """The list as a workbook."""
    actor = current_actor()
    rules = rules_on(list_kinds(), clock.today())
    wanted, unit = _filter(actor)
    page = queries.list_credentials(wanted, rules, size=MOST_EXPORTED)
    refuse_part(page)
    title = _("Credentials of %(unit)s", unit=unit.name if unit else actor.unit_name)
    columns = [
        Column(_("No."), 6),
        Column(_("Full name"), 14),
        Column(_("Unit"), 30),
        Column(_("Kind"), 28),
        Column(_("Number"), 26),
        Column(_("Issued by"), 26),
        Column(_("Issued on"), 12),
        Column(_("Valid until"), 12),
        Column(_("State"), 10),
        Column(_("Look at"), 30),
    ]
    rows = (_cells(number, row, rules) for number, row in enumerate(page.items, 1))
    data = write_table(title, columns, rows, sheet_name=_("Credentials"))
    return workbook(data, f"{title} {clock.today().isoformat()}.xlsx")


def _cells(number: int, row: Any, rules: Mapping[int, CredentialKindRule]) -> tuple[Any, ...]:
    credential: Credential = row[0]
    state = _("Revoked") if credential.revoked_on else CREDENTIAL_STATES[credential.state]
    return (
        number,
        row.name,
        row.posted_at,
        credential.kind.name,
        credential.number,
        credential.issuer,
        credential.issued_on,
        credential.expires_on,
        str(state),
        "；".join(str(DOUBTS[doubt]) for doubt in doubts_about(credential, row.born_on, rules)),
    )


@blueprint.get("/<int:credential_id>")
@requires("people.read")
def show(credential_id: int) -> str:
    """A credential: what stands on it, what is doubtful, who decided on it."""
    return render_template("credentials/show.html", **record_context(credential_id), **WORDS)


def record_context(credential_id: int) -> dict[str, Any]:
    """What the pages about one credential show."""
    actor = current_actor()
    credential = queries.get_credential(credential_id, scope=actor.unit_path)
    rules = rules_on(list_kinds(), clock.today())
    verifier = actor.may("credentials.verify")
    return {
        "credential": credential,
        "rule": rules.get(credential.kind_id),
        "doubts": doubts_about(credential, credential.person.born_on, rules),
        "elsewhere": (
            queries.find_elsewhere(credential, scope=actor.unit_path) if verifier else None
        ),
        "rejected_before": queries.list_rejected_before(credential) if verifier else (),
        "same_picture": find_same_picture(credential, scope=actor.unit_path) if verifier else None,
        "pictures": list_pictures(credential_id),
        "chain": list_chain(credential),
        "seen": seen_as(credential),
    }
