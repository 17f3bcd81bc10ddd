"""The queue: what waits for the county's answer, and what became of a school's proposals."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.people.words import (
    ACTIONS,
    CHANGE_STATES,
    CHANGE_TONES,
    END_REASONS,
    FIELDS,
    ROLES,
)
from app.blueprints.posting_changes.blueprint import blueprint
from app.core.errors import DomainError, Forbidden
from app.domain.accounts.rules import Actor
from app.domain.people.models import PostingChange
from app.domain.people.operations.decisions import (
    confirm_change,
    find_previous_units,
    name_in,
    send_back_change,
)
from app.domain.people.operations.proposals import withdraw_change
from app.domain.people.queries.changes import (
    ProposedFacts,
    list_changes,
    names_of_accounts,
    open_payload,
)
from app.domain.people.rules import ChangeAction, ChangeState
from app.domain.people.rules.identity import mask_identity_number

MOST_AT_ONCE = 200


@dataclass(frozen=True)
class ProposalRow:
    """A proposal as the queue shows it."""

    change: PostingChange
    name: str
    id_number: str
    facts: list[tuple[str, str | None, str | None]]
    from_units: list[str]


@blueprint.get("/")
@requires("people.propose")
def index() -> str:
    """Proposals of the schools of one's unit; the waiting ones first."""
    actor = current_actor()
    text = request.args.get("state", ChangeState.PROPOSED.value)
    state = ChangeState(text) if text in set(ChangeState) else None
    number = max(request.args.get("page", 1, type=int), 1)
    page = list_changes(actor.unit_path, state=state, page=number)
    accounts = {
        account
        for change in page.items
        for account in (change.proposed_by, change.decided_by)
        if account is not None
    }
    return render_template(
        "posting_changes/index.html",
        page=page,
        rows=[_row(change, actor) for change in page.items],
        state=state,
        names=names_of_accounts(accounts),
        actions=ACTIONS,
        states=CHANGE_STATES,
        tones=CHANGE_TONES,
    )


def _row(change: PostingChange, actor: Actor) -> ProposalRow:
    facts = open_payload(change)
    number = facts.person.id_number if facts.person else None
    waits = change.state is ChangeState.PROPOSED and change.action is ChangeAction.ADD
    county = actor.may("people.confirm")
    return ProposalRow(
        change=change,
        name=name_in(change),
        id_number=mask_identity_number(number) if number else "",
        facts=_facts(change, facts),
        from_units=[unit.name for unit in find_previous_units(facts, actor=actor)]
        if waits and county
        else [],
    )


def _facts(change: PostingChange, facts: ProposedFacts) -> list[tuple[str, str | None, str | None]]:
    """What would change: label, old value, new value."""
    if change.action is ChangeAction.END:
        reason = str(END_REASONS[facts.end_reason]) if facts.end_reason else None
        return [(str(FIELDS["end_reason"]), None, reason)]
    if facts.posting is None:
        return []
    old = change.posting if change.action is ChangeAction.CHANGE else None
    role = str(ROLES[facts.posting.role])
    shown = [(str(FIELDS["role"]), str(ROLES[old.role]) if old else None, role)]
    for name in ("subject", "title"):
        before, after = getattr(old, name, None), getattr(facts.posting, name)
        shown.append((str(FIELDS[name]), before, after))
    return [(label, before, after) for label, before, after in shown if before != after]


@blueprint.post("/decide")
@requires("people.confirm")
def decide() -> Response:
    """Answer the chosen proposals, each in its own transaction: one that cannot be does not hold up the others."""
    ids = [int(text) for text in request.form.getlist("id") if text.isdecimal()][:MOST_AT_ONCE]
    reason = request.form.get("reason", "").strip()
    sends_back = request.form.get("action") == "send_back"
    if not ids:
        flash(_("Choose at least one proposal."), "warning")
    elif sends_back and not reason:
        flash(_("Say why you send it back; the school reads the reason."), "warning")
    elif sends_back:
        done = _each(ids, lambda id_, actor: send_back_change(id_, actor=actor, reason=reason))
        _tell(done, ngettext("%(num)s sent back.", "%(num)s sent back.", done))
    else:
        done = _each(ids, lambda id_, actor: confirm_change(id_, actor=actor))
        _tell(done, ngettext("%(num)s confirmed.", "%(num)s confirmed.", done))
    return redirect(url_for("posting_changes.index"))


def _each(ids: Sequence[int], act: Callable[[int, Actor], PostingChange]) -> int:
    """How many succeeded; of the others a message says why not."""
    done = 0
    for change_id in ids:
        try:
            with acting() as actor:
                act(change_id, actor)
            done += 1
        except Forbidden:
            raise
        except DomainError as error:
            flash(_("Proposal %(number)s: %(why)s", number=change_id, why=error), "danger")
    return done


def _tell(done: int, text: str) -> None:
    if done:
        flash(text, "success")


@blueprint.post("/<int:change_id>/withdraw")
@requires("people.propose")
def withdraw(change_id: int) -> Response:
    """Take a proposal back."""
    with acting() as actor:
        withdraw_change(change_id, actor=actor)
    flash(_("Withdrawn."), "success")
    return redirect(url_for("posting_changes.index"))
