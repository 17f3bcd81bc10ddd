"""Pick people, make their accounts, print what lets them in."""

from __future__ import annotations

from flask import Blueprint, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import (
    asked_choice,
    asked_page,
    asked_text,
    asked_unit,
    refuse_beyond,
)
from app.blueprints.slips.qr import qr_code
from app.blueprints.slips.words import STATE_NAMES
from app.core import clock
from app.domain.accounts.operations.codes import grouped_code
from app.domain.people.accounts import make_slips
from app.domain.people.queries.accounts import (
    MOST_SLIPS,
    AccountState,
    count_account_states,
    list_people_ids,
    list_people_with_accounts,
)
from app.domain.units.models import Unit
from app.domain.units.queries import get_unit

blueprint = Blueprint("slips", __name__)
SLIPS_A_PAGE = 8


@blueprint.get("/")
@requires("slips.print")
def index() -> str:
    """The people of the unit and how far their accounts are."""
    unit, text, state = _wanted()
    today = clock.today()
    people = list_people_with_accounts(
        unit.path,
        today=today,
        text=text,
        state=state,
        number=asked_page(),
    )
    refuse_beyond(people)
    return render_template(
        "slips/index.html",
        people=people,
        counts=count_account_states(unit.path, today=today),
        unit=unit,
        states=STATE_NAMES,
        chips=_chips(unit, text, state),
        most=MOST_SLIPS,
    )


def _wanted() -> tuple[Unit, str, AccountState | None]:
    actor = current_actor()
    unit = asked_unit(actor) or get_unit(actor.unit_code, scope=actor.unit_path)
    return unit, asked_text(), asked_choice("state", AccountState)


def _chips(unit: Unit, text: str, state: AccountState | None) -> list[tuple[str, str, str]]:
    chips = []
    if text:
        chips.append(("q", _("Full name"), text))
    if unit.code != current_actor().unit_code:
        chips.append(("unit", _("Unit"), unit.name))
    if state is not None:
        chips.append(("state", _("Account"), str(STATE_NAMES[state])))
    return chips


@blueprint.post("/print")
@requires("slips.print")
def print_slips() -> ResponseReturnValue:
    """Make the accounts and codes and show the slips: this answer is the only place the codes appear."""
    if request.form.get("action") == "all":
        unit, text, state = _wanted()
        ids = list(list_people_ids(unit.path, today=clock.today(), text=text, state=state))
    else:
        ids = request.form.getlist("id", type=int)
    now = clock.now()
    with acting() as actor:
        made = make_slips(ids, actor=actor, now=now)
    base = current_app.extensions["settings"].base_url
    slips = [
        {
            "slip": slip,
            "code": grouped_code(slip.code),
            "qr": qr_code(base + url_for("accounts.activate", code=slip.code)),
        }
        for slip in made.slips
    ]
    return render_template(
        "slips/print.html",
        pages=[slips[start : start + SLIPS_A_PAGE] for start in range(0, len(slips), SLIPS_A_PAGE)],
        made=made,
        address=base + url_for("accounts.activation"),
    )
