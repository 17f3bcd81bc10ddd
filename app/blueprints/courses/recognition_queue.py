"""Requests for hours as offices see them: the queue, and acts on many at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import (
    asked_choice,
    asked_number,
    asked_page,
    asked_text,
    asked_unit,
    refuse_beyond,
)
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.recognition_words import STATE_TONES, STATES
from app.blueprints.courses.words import ALL_LEVELS
from app.blueprints.template_helpers import url_with
from app.core.errors import DomainError, NotFound
from app.domain.accounts.rules import Actor
from app.domain.courses.operations import recognising
from app.domain.courses.queries.recognitions import (
    RecognitionFilter,
    count_by_status,
    list_ids,
    list_recognitions,
    waiting_states,
)
from app.domain.courses.rules.recognition import RecognitionAct, may_follow, permission_for
from app.domain.courses.rules.words import RecognitionStatus

MOST_AT_ONCE = 200
SHOWN_REFUSALS = 5
EVERYTHING = "all"
ACTS = ("check", "recognise", "send_back")


@blueprint.get("/recognitions/")
@requires("recognitions.read")
def recognitions() -> str:
    """What waits for the reader's office; other states by the filter."""
    actor = current_actor()
    wanted = _asked(actor)
    page = list_recognitions(actor, wanted, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "courses/recognitions/index.html",
        page=page,
        wanted=wanted,
        counts=count_by_status(actor),
        states=STATES,
        tones=STATE_TONES,
        levels=ALL_LEVELS,
        chips=_chips(wanted),
        everything=request.args.get("status") == EVERYTHING,
        actions=_actions(actor, wanted.status),
        most=MOST_AT_ONCE,
    )


def _asked(actor: Actor) -> RecognitionFilter:
    """The filter of the address; without a state what comes first for this office."""
    if request.args.get("status") == EVERYTHING:
        status = None
    else:
        status = asked_choice("status", RecognitionStatus) or waiting_states(actor)[-1]
    unit = asked_unit(actor)
    return RecognitionFilter(
        q=asked_text(),
        training=asked_text("training"),
        status=status,
        unit_path=unit.path if unit else None,
        import_id=asked_number("import", 1, 2**31 - 1),
    )


def _chips(wanted: RecognitionFilter) -> list[tuple[str, str, str]]:
    chips = []
    if wanted.training:
        chips.append(("training", _("Training or platform"), wanted.training))
    if wanted.unit_path is not None:
        chips.append(("unit", _("Unit"), asked_text("unit")))
    if wanted.import_id is not None:
        chips.append(("import", _("Import"), str(wanted.import_id)))
    return chips


def _actions(actor: Actor, status: RecognitionStatus | None) -> list[str]:
    """The acts that may follow on what the list shows and are the reader's."""
    if status is None:
        return []
    acts = {
        "check": RecognitionAct.CHECK,
        "recognise": RecognitionAct.RECOGNISE,
        "send_back": RecognitionAct.SEND_BACK,
    }
    return [
        name
        for name, act in acts.items()
        if may_follow(act, status) and actor.may(permission_for(act, status))
    ]


@dataclass(frozen=True)
class Seen:
    """A request with the version the officer saw."""

    id: int
    version: int


@blueprint.post("/recognitions/")
@requires("recognitions.check")
def decide_recognitions() -> ResponseReturnValue:
    """Act on the ticked requests, or on the first that fit, each in its own transaction: what became stale is told."""
    action, reason = request.form.get("action", ""), request.form.get("reason", "").strip()[:500]
    name, _colon, which = action.partition(":")
    back = redirect(url_with(url_for("courses.recognitions")))
    if name not in ACTS:
        abort(400)
    if name == "send_back" and not reason:
        flash(_("Sending back needs a reason."), "warning")
        return back
    seen = _first_that_fit() if which == EVERYTHING else _ticked()
    if not seen:
        flash(_("Tick at least one request."), "warning")
        return back
    done, refused = _act_on(seen, name, reason)
    if done:
        flash(_done_words(name, done), "success")
    for text in refused[:SHOWN_REFUSALS]:
        flash(text, "warning")
    if len(refused) > SHOWN_REFUSALS:
        flash(_("And %(number)s more.", number=len(refused) - SHOWN_REFUSALS), "warning")
    return back


def _ticked() -> list[Seen]:
    found = []
    for text in request.form.getlist("id"):
        number, _colon, version = text.partition(":")
        if not (_is_number(number) and _is_number(version)):
            abort(400)
        found.append(Seen(int(number), int(version)))
    if len(found) > MOST_AT_ONCE:
        abort(400)
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _first_that_fit() -> list[Seen]:
    """The first requests of the list as it was filtered."""
    actor = current_actor()
    return [Seen(*pair) for pair in list_ids(actor, _asked(actor), most=MOST_AT_ONCE)]


def _act_on(seen: Sequence[Seen], name: str, reason: str) -> tuple[int, list[str]]:
    """How many went through, and why the others did not."""
    done, refused = 0, []
    for item in seen:
        try:
            with acting() as actor:
                _act(item, name, reason, actor)
        except NotFound:
            raise
        except DomainError as refusal:
            refused.append(f"#{item.id}: {refusal.message}")
        else:
            done += 1
    return done, refused


def _act(item: Seen, name: str, reason: str, actor: Actor) -> None:
    if name == "check":
        recognising.check(item.id, actor=actor, expected_version=item.version)
    elif name == "recognise":
        recognising.recognise(item.id, actor=actor, expected_version=item.version)
    else:
        recognising.send_back(item.id, reason, actor=actor, expected_version=item.version)


def _done_words(name: str, number: int) -> str:
    words = {
        "check": ngettext("%(num)s request is checked.", "%(num)s requests are checked.", number),
        "recognise": ngettext(
            "The hours of %(num)s request count now.",
            "The hours of %(num)s requests count now.",
            number,
        ),
        "send_back": ngettext(
            "%(num)s request was sent back.", "%(num)s requests were sent back.", number
        ),
    }
    return words[name]
