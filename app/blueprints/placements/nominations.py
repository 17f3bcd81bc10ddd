"""Nominations of a cohort: the list with its bulk decisions, the ranking, and what waits for somebody."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import (
    asked_choice,
    asked_page,
    asked_text,
    asked_unit,
    refuse_beyond,
)
from app.blueprints.home.tasks import Task, Urgency, counted_task
from app.blueprints.placements import words
from app.blueprints.placements.blueprint import blueprint
from app.core.errors import DomainError, NotFound
from app.domain.accounts.rules import Actor
from app.domain.placements.models import Cohort
from app.domain.placements.operations import deciding
from app.domain.placements.operations.nominations import LIVE, rank_nominations
from app.domain.placements.queries.nominations import (
    NominationFilter,
    list_nominations,
    list_ranked,
    list_waiting,
    waiting_nominations,
)
from app.domain.placements.queries.seats import list_offering_schools
from app.domain.placements.queries.visibility import get_cohort, get_nomination, may_plan
from app.domain.placements.rules.words import NominationStatus
from app.domain.units.models import Unit
from app.domain.units.queries import get_unit_by_id

MOST_AT_ONCE = 200
SHOWN_REFUSALS = 5
ACTS = ("approve", "send_back", "reject")


def nominated_cohort(cohort_id: int) -> Cohort:
    found = get_cohort(cohort_id, actor=current_actor())
    if found.imported:
        raise NotFound(_("This cohort is known from a workbook; nobody was nominated for it here."))
    return found


@blueprint.get("/cohorts/<int:cohort_id>/nominations")
@requires("placements.read")
def nominations(cohort_id: int) -> str:
    """Who is nominated for a cohort, by unit and rank, with where each nomination stands."""
    actor = current_actor()
    cohort = nominated_cohort(cohort_id)
    unit = asked_unit(actor)
    wanted = NominationFilter(
        q=asked_text(),
        status=asked_choice("status", NominationStatus),
        unit_path=unit.path if unit else None,
        unreleased=request.args.get("unreleased") == "yes",
    )
    page = list_nominations(cohort, actor, wanted, page=asked_page())
    refuse_beyond(page)
    decides = may_plan(cohort, actor) and actor.may("placements.decide")
    return render_template(
        "placements/nominations.html",
        cohort=cohort,
        page=page,
        words=words,
        schools={school.id: school.name for school in list_offering_schools(cohort.id)},
        decides=decides and cohort.status in LIVE,
        ranks=cohort.status in LIVE,
        chips=_chips(wanted, unit),
    )


def _chips(wanted: NominationFilter, unit: Unit | None) -> list[tuple[str, str, str]]:
    chosen = [
        ("q", _("Search"), wanted.q),
        ("status", _("Status"), wanted.status and words.NOMINATION_STATUSES[wanted.status]),
        ("unit", _("Nominated by"), unit and unit.name),
        ("unreleased", _("Release"), wanted.unreleased and _("not released yet")),
    ]
    return [(name, label, str(value)) for name, label, value in chosen if value]


@dataclass(frozen=True, slots=True)
class Seen:
    """A nomination in the version the officer saw."""

    nomination_id: int
    row_version: int


def _seen() -> list[Seen]:
    found = []
    for text in request.form.getlist("id"):
        number, _colon, version = text.partition(":")
        if not all(
            part.isascii() and part.isdecimal() and len(part) < 10 for part in (number, version)
        ):
            abort(400)
        found.append(Seen(int(number), int(version)))
    if len(found) > MOST_AT_ONCE:
        abort(400)
    return found


@blueprint.post("/cohorts/<int:cohort_id>/nominations")
@requires("placements.decide")
def decide_nominations(cohort_id: int) -> ResponseReturnValue:
    """Decide the ticked nominations, each in its own transaction: what became stale is told, the others go through."""
    nominated_cohort(cohort_id)
    act, seen = request.form.get("action", ""), _seen()
    if act not in ACTS:
        abort(400)
    reason = request.form.get("reason", "").strip()[:500]
    back = redirect(url_for("placements.nominations", cohort_id=cohort_id))
    if not seen:
        flash(_("Tick at least one nomination."), "warning")
        return back
    if act != "approve" and not reason:
        flash(_("Give a reason: it is told to everybody concerned."), "warning")
        return back
    done, refused = 0, []
    for item in seen:
        name = get_nomination(item.nomination_id, actor=current_actor()).person.name
        try:
            with acting() as actor:
                _decide(act, item, reason, actor)
            done += 1
        except DomainError as error:
            refused.append(_with_name(name, str(error.message)))
    _tell(act, done, refused)
    return back


def _with_name(name: str, message: str) -> str:
    return message if message.startswith(name) else f"{name}{_(': ')}{message}"


def _decide(act: str, item: Seen, reason: str, actor: Actor) -> None:
    number, version = item.nomination_id, item.row_version
    if act == "approve":
        deciding.approve(number, expected_version=version, actor=actor)
    elif act == "send_back":
        deciding.send_back(number, reason=reason, expected_version=version, actor=actor)
    else:
        deciding.reject(number, reason=reason, expected_version=version, actor=actor)


def _tell(act: str, done: int, refused: list[str]) -> None:
    if done:
        texts = {
            "approve": ngettext(
                "%(num)s nomination approved.", "%(num)s nominations approved.", done
            ),
            "send_back": ngettext(
                "%(num)s nomination sent back.", "%(num)s nominations sent back.", done
            ),
            "reject": ngettext(
                "%(num)s nomination rejected.", "%(num)s nominations rejected.", done
            ),
        }
        flash(texts[act], "success")
    for message in refused[:SHOWN_REFUSALS]:
        flash(message, "warning")
    if len(refused) > SHOWN_REFUSALS:
        flash(_("And %(count)s more.", count=len(refused) - SHOWN_REFUSALS), "warning")


@blueprint.route(
    "/cohorts/<int:cohort_id>/nominations/ranking/<int:nominating_unit_id>",
    methods=["GET", "POST"],
)
@requires("placements.nominate")
def ranking(cohort_id: int, nominating_unit_id: int) -> ResponseReturnValue:
    """Bring the nominees of a unit into another order, by numbers or one step up."""
    cohort = nominated_cohort(cohort_id)
    unit = get_unit_by_id(nominating_unit_id, scope=current_actor().unit_path)
    if request.method == "POST":
        try:
            order = _order()
            with acting() as actor:
                rank_nominations(cohort_id, nominating_unit_id, order, actor=actor)
        except NotFound:
            raise
        except DomainError as error:
            flash(str(error.message), "danger")
        else:
            flash(_("Saved."), "success")
        return redirect(request.path)
    return render_template(
        "placements/ranking.html",
        cohort=cohort,
        unit=unit,
        rows=list_ranked(cohort.id, unit.id),
        words=words,
    )


def _order() -> list[int]:
    """The ids in the order of the numbers beside them; who was moved to a number comes before who had it."""
    ids, numbers = request.form.getlist("id"), request.form.getlist("rank")
    moved = request.form.get("up", "")
    pairs = list(zip(ids, numbers, strict=False))
    if not all(
        text.isascii() and text.isdecimal() and len(text) < 10 for pair in pairs for text in pair
    ):
        abort(400)
    places = [
        (int(rank), position, int(number)) for position, (number, rank) in enumerate(pairs, 1)
    ]
    places.sort(key=lambda item: (item[0], -abs(item[0] - item[1]), item[1]))
    order = [number for _rank, _position, number in places]
    if moved.isdecimal() and int(moved) in order:
        at = order.index(int(moved))
        order.insert(max(at - 1, 0), order.pop(at))
    return order


@blueprint.get("/nominations/")
@requires("placements.read")
def waiting() -> str:
    """Nominations that wait for the reader: to release, to decide, to correct."""
    page = list_waiting(current_actor(), page=asked_page())
    refuse_beyond(page)
    return render_template("placements/waiting.html", page=page, words=words)


@counted_task("placements.read", waiting_nominations)
def nominations_waiting(count: int) -> Task:
    """Nominations that wait for this office."""
    label = ngettext(
        "nomination for a placement waits for you", "nominations for placements wait for you", count
    )
    return Task(
        "nominations", label, count, url_for("placements.waiting"), Urgency.NOW, "clipboard-check"
    )
