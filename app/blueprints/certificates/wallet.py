"""A teacher's own: certificates issued and brought, as credentials for other programs, shown to somebody by a link."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from app.access.guards import acting, current_actor, requires
from app.blueprints.certificates.blueprint import blueprint
from app.blueprints.certificates.issued import standing_today
from app.blueprints.certificates.words import KINDS, STANDINGS
from app.blueprints.downloads import attachment
from app.blueprints.people.words import CREDENTIAL_STATES, CREDENTIAL_TONES
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.certificates.badges import badge_of, badge_token
from app.domain.certificates.models import Certificate, WalletShare
from app.domain.certificates.operations.sharing import share, withdraw
from app.domain.certificates.queries.issued import (
    get_own_certificate,
    list_certificates_of_person,
)
from app.domain.certificates.queries.of_person import list_credentials_of_person
from app.domain.certificates.queries.wallet import list_shares, token_of
from app.domain.certificates.rules.sharing import DAYS, LONGEST_PURPOSE, is_open
from app.domain.people.operations.own import get_own_record

TIMES = {
    7: lazy_gettext("7 days"),
    30: lazy_gettext("30 days"),
    90: lazy_gettext("90 days"),
    365: lazy_gettext("one year"),
}


@blueprint.get("/mine")
@requires("certificates.hold")
def wallet() -> str:
    """Everything one holds, and the links by which one shows it."""
    return _page()


def _page(problem: str = "") -> str:
    person = get_own_record(current_actor())
    shares = list_shares(person.id)
    return render_template(
        "certificates/wallet.html",
        person=person,
        certificates=list_certificates_of_person(person.id),
        credentials=list_credentials_of_person(person.id),
        shares=shares,
        opens=_open_addresses(shares),
        standing_of=standing_today,
        standings=STANDINGS,
        kinds=KINDS,
        credential_states=CREDENTIAL_STATES,
        credential_tones=CREDENTIAL_TONES,
        times=[(days, TIMES[days]) for days in DAYS],
        longest=LONGEST_PURPOSE,
        problem=problem,
        today=clock.today(),
    )


def _open_addresses(shares: Sequence[WalletShare]) -> dict[int, str]:
    """The addresses of the links that still show something."""
    now = clock.now()
    return {
        one.id: url_for("verify.shared", token=token_of(one), _external=True)
        for one in shares
        if is_open(one.expires_at, one.withdrawn_at, now)
    }


@blueprint.post("/mine/shares")
@requires("certificates.hold")
def make_share() -> ResponseReturnValue:
    """A new link."""
    days = request.form.get("days", "")
    try:
        with acting() as actor:
            share(int(days) if days.isdecimal() and len(days) < 4 else 0,
                  request.form.get("purpose", ""), actor=actor)  # fmt: skip
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return _page(str(error.message)), 422
    flash(_("The link is made. Copy it below and send it to whom it is meant for."), "success")
    return redirect(url_for("certificates.wallet", _anchor="links"))


@blueprint.post("/mine/shares/<int:share_id>/withdraw")
@requires("certificates.hold")
def withdraw_share(share_id: int) -> ResponseReturnValue:
    """End a link now."""
    try:
        with acting() as actor:
            withdraw(share_id, actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "info")
    else:
        flash(_("The link shows nothing from now on."), "success")
    return redirect(url_for("certificates.wallet", _anchor="links"))


@blueprint.get("/<int:certificate_id>/badge.json")
@requires("certificates.hold")
def badge(certificate_id: int) -> Response:
    """One's certificate as Open Badges 3.0, which is a W3C verifiable credential."""
    document: dict[str, Any] = badge_of(_own(certificate_id))
    data = orjson.dumps(document, option=orjson.OPT_INDENT_2)
    return attachment(data, _("Credential") + ".json", "application/vc+ld+json")


@blueprint.get("/<int:certificate_id>/badge.jwt")
@requires("certificates.hold")
def badge_jwt(certificate_id: int) -> Response:
    """The same as a signed token."""
    token = badge_token(_own(certificate_id))
    return attachment(token.encode(), _("Credential") + ".jwt", "application/vc+jwt")


def _own(certificate_id: int) -> Certificate:
    actor = current_actor()
    return get_own_certificate(certificate_id, account_id=actor.account_id or 0)
