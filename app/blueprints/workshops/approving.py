"""The queue of applications: approve or reject one or many, each as it was seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_number, asked_page, asked_text, asked_unit, refuse_beyond
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.enrolment_words import STEPS, why_not_nominee
from app.core import clock
from app.core.errors import DomainError
from app.domain.accounts.rules import Role
from app.domain.people.sealed import masked_identity_number
from app.domain.statistics.hours import count_hours
from app.domain.workshops.operations.deciding import decide
from app.domain.workshops.queries.approvals import (
    QueueFilter,
    list_to_decide,
    list_waiting_workshops,
    load_workshops,
)
from app.domain.workshops.queries.eligibility import Eligibility
from app.domain.workshops.queries.enrolments import get_enrolment

MOST_AT_ONCE = 200
SHOWN_REFUSALS = 5


@blueprint.get("/approvals")
@requires("workshops.approve")
def approvals() -> str:
    """Applications that wait for the reader's unit, with what the decision needs to know."""
    actor = current_actor()
    everything = actor.role != Role.SCHOOL and request.args.get("step") == "all"
    unit = asked_unit(actor)
    wanted = QueueFilter(
        q=asked_text(),
        workshop_id=asked_number("workshop", 1, 2**31 - 1),
        unit_path=unit.path if unit else None,
        everything=everything,
    )
    page = list_to_decide(actor, wanted, page=asked_page())
    refuse_beyond(page)
    people = {row.person_id for row in page.items}
    known = Eligibility(load_workshops([row.workshop_id for row in page.items]), people)
    today = clock.today()
    return render_template(
        "workshops/approvals.html",
        page=page,
        workshops=list_waiting_workshops(actor, everything=everything),
        facts=known.facts,
        doubts={
            row.id: why_not_nominee(known.why_not(row.workshop_id, row.person_id))
            for row in page.items
        },
        numbers={row.id: masked_identity_number(row.number_sealed) for row in page.items},
        hours=count_hours(people, date(today.year, 1, 1), today) if people else {},
        steps=STEPS,
        unit=unit,
        may_see_all=actor.role != Role.SCHOOL,
    )


@dataclass(frozen=True)
class Seen:
    """An application with the step as the officer saw it."""

    enrolment_id: int
    step: str


def _seen() -> list[Seen]:
    found = []
    for text in request.form.getlist("id"):
        number, _colon, step = text.partition(":")
        if not (number.isascii() and number.isdecimal() and len(number) < 10 and step in STEPS):
            abort(400)
        found.append(Seen(int(number), step))
    if len(found) > MOST_AT_ONCE:
        abort(400)
    return found


@blueprint.post("/approvals")
@requires("workshops.approve")
def decide_many() -> ResponseReturnValue:
    """Decide the ticked applications, each in its own transaction: what became stale is told, the others go through."""
    approve = {"approve": True, "reject": False}.get(request.form.get("action", ""))
    seen = _seen()
    back = redirect(_queue_as_it_was())
    if approve is None:
        abort(400)
    reason = request.form.get("reason", "").strip()[:500]
    if not seen:
        flash(_("Tick at least one application."), "warning")
        return back
    if not approve and not reason:
        flash(_("A rejection needs a reason."), "warning")
        return back
    names = {
        item.enrolment_id: get_enrolment(item.enrolment_id, actor=current_actor()).person.name
        for item in seen
    }
    done, refused = 0, []
    for item in seen:
        try:
            with acting() as actor:
                decide(
                    item.enrolment_id,
                    approve=approve,
                    actor=actor,
                    reason=reason,
                    step=item.step,
                )
            done += 1
        except DomainError as error:
            refused.append(f"{names[item.enrolment_id]}{_(': ')}{error.message}")
    _tell(done, refused, approve=approve)
    return back


def _queue_as_it_was() -> str:
    """The queue with its filters, so that one comes back to the same list."""
    form = request.form
    return url_for(
        "workshops.approvals",
        workshop=form.get("workshop") or None,
        unit=form.get("unit") or None,
        step=form.get("step") or None,
    )


def _tell(done: int, refused: list[str], *, approve: bool) -> None:
    if done and approve:
        text = ngettext("%(num)s application approved.", "%(num)s applications approved.", done)
        flash(text, "success")
    elif done:
        text = ngettext("%(num)s application rejected.", "%(num)s applications rejected.", done)
        flash(text, "success")
    for message in refused[:SHOWN_REFUSALS]:
        flash(message, "warning")
    if len(refused) > SHOWN_REFUSALS:
        flash(_("And %(count)s more.", count=len(refused) - SHOWN_REFUSALS), "warning")
