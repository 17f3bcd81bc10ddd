"""The roster of a workshop: who is in it and in its line; decide, take out, send somebody else, export."""

from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_choice, asked_page, asked_text, asked_unit, refuse_beyond
from app.blueprints.choosing import chooser_page, chosen_people, is_choosing
from app.blueprints.downloads import workbook
from app.blueprints.people.acts import Answer, form_page
from app.blueprints.workshops import words
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.forms import ReasonForm
from app.blueprints.workshops.kept import kept_workshop_page
from app.blueprints.workshops.roster_sheet import roster_sheet
from app.core.errors import DomainError
from app.core.paging import Page
from app.domain.accounts.rules import Actor
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.operations.deciding import decide
from app.domain.workshops.operations.enrolling import withdraw
from app.domain.workshops.operations.substituting import substitute
from app.domain.workshops.queries.enrolments import (
    RosterFilter,
    count_statuses,
    get_enrolment,
    list_positions,
    list_roster,
    list_sheet_rows,
    may_end,
)
from app.domain.workshops.queries.workshops import get_workshop, may_plan, may_run
from app.domain.workshops.rules.enrolling import OPEN, may_decide
from app.domain.workshops.rules.words import EnrolmentStatus

EVERYBODY = "everybody"
MOST_DECIDED = 200


def _workshop(workshop_id: int) -> Workshop:
    """The workshop, for those who see a roster at all."""
    actor = current_actor()
    workshop = get_workshop(workshop_id, actor=actor)
    if not may_run(workshop, actor) and not actor.may("workshops.nominate"):
        abort(404)
    return workshop


def _filter(actor: Actor) -> tuple[RosterFilter, Unit | None]:
    unit = asked_unit(actor)
    return (
        RosterFilter(
            q=asked_text(),
            status=asked_choice("status", EnrolmentStatus),
            unit_path=unit.path if unit else None,
            everybody=asked_text("show") == EVERYBODY,
        ),
        unit,
    )


@blueprint.get("/<int:workshop_id>/roster")
@requires("workshops.read")
def roster(workshop_id: int) -> Response | str:
    """Who is in a workshop, 50 a page; who nominates sees those of their unit."""
    return kept_workshop_page(workshop_id, lambda: _page(workshop_id))


def _page(workshop_id: int) -> str:
    actor = current_actor()
    workshop = _workshop(workshop_id)
    wanted, unit = _filter(actor)
    page = list_roster(workshop, wanted, actor=actor, page=asked_page())
    refuse_beyond(page)
    decidable = {row.id for row in page.items if _may_decide(row, actor)}
    return render_template(
        "workshops/roster.html",
        workshop=workshop,
        page=page,
        words=words,
        chips=_chips(wanted, unit),
        counts=count_statuses(workshop, actor=actor),
        positions=list_positions(workshop.id) if _anybody_waits(page) else {},
        decidable=decidable,
        endable={row.id for row in page.items if _may_end(row, workshop, actor)},
        first=page.first_row,
        root=url_for("workshops.index"),
    )


def _anybody_waits(page: Page[Any]) -> bool:
    return any(not row.seated for row in page.items)


def _chips(wanted: RosterFilter, unit: Unit | None) -> list[tuple[str, str, str]]:
    chips = []
    if wanted.q:
        chips.append(("q", _("Search"), wanted.q))
    if wanted.status is not None:
        chips.append(("status", _("Status"), str(words.ENROLMENT_STATUSES[wanted.status])))
    if unit is not None:
        chips.append(("unit", _("Unit"), unit.name))
    if wanted.everybody:
        chips.append(("show", _("Show"), _("Also who left")))
    return chips


def _may_decide(row: Any, actor: Actor) -> bool:
    return (
        row.status is EnrolmentStatus.PENDING
        and row.approval_step is not None
        and actor.may("workshops.approve")
        and actor.reaches(row.unit_path)
        and may_decide(row.approval_step, actor.role)
    )


def _may_end(row: Any, workshop: Workshop, actor: Actor) -> bool:
    if row.status not in OPEN or not actor.may("workshops.nominate"):
        return False
    return actor.reaches(row.unit_path) or may_plan(workshop, actor)


@blueprint.post("/<int:workshop_id>/roster/decide")
@requires("workshops.approve")
def decide_roster(workshop_id: int) -> Redirect:
    """Approve or reject those that are ticked; each stands for itself, so one refusal stops no other.

    A tick that is none of this roster is not found, and then nobody is decided about.
    """
    _workshop(workshop_id)
    approve = {"approve": True, "reject": False}.get(request.form.get("action", ""))
    if approve is None:
        abort(400)
    reason = request.form.get("reason", "").strip()[:500]
    ticked = _ticked()
    names = {enrolment_id: _name(workshop_id, enrolment_id) for enrolment_id, _step in ticked}
    done, refused = 0, []
    for enrolment_id, step in ticked:
        try:
            with acting() as actor:
                decide(enrolment_id, approve=approve, actor=actor, reason=reason, step=step)
            done += 1
        except DomainError as error:
            refused.append(f"{names[enrolment_id]}{_(': ')}{error.message}")
    _tell(done, refused, approve=approve)
    return redirect(url_for("workshops.roster", workshop_id=workshop_id))


def _name(workshop_id: int, enrolment_id: int) -> str:
    enrolment = get_enrolment(enrolment_id, actor=current_actor())
    if enrolment.workshop_id != workshop_id:
        abort(404)
    return enrolment.person.name


def _ticked() -> list[tuple[int, str]]:
    """The enrolments that are ticked, each with the step the officer saw."""
    found = []
    texts = request.form.getlist("id")
    if len(texts) > MOST_DECIDED:
        abort(400)
    for text in texts:
        number, _dot, step = text.partition(".")
        if not (number.isascii() and number.isdecimal() and len(number) < 10):
            abort(400)
        found.append((int(number), step))
    return found


def _tell(done: int, refused: list[str], *, approve: bool) -> None:
    if done and approve:
        flash(ngettext("%(num)s approved.", "%(num)s approved.", done), "success")
    elif done:
        flash(ngettext("%(num)s rejected.", "%(num)s rejected.", done), "success")
    elif not refused:
        flash(_("Tick somebody first."), "warning")
    for sentence in refused[:10]:
        flash(sentence, "danger")


def _ended(enrolment_id: int) -> Enrolment:
    enrolment = get_enrolment(enrolment_id, actor=current_actor())
    if not may_end(enrolment, current_actor()):
        abort(404)
    return enrolment


@blueprint.route("/enrolments/<int:enrolment_id>/take-out", methods=["GET", "POST"])
@requires("workshops.nominate")
def take_out(enrolment_id: int) -> Answer:
    """Withdraw somebody; the seat goes on at once."""
    workshop_id = _ended(enrolment_id).workshop_id

    def act(actor: Actor) -> str:
        withdraw(enrolment_id, actor=actor, reason=form.reason.data)
        return url_for("workshops.roster", workshop_id=workshop_id)

    form = ReasonForm()
    return form_page(
        form,
        "workshops/take_out.html",
        act,
        _("Withdrawn; the seat went on to the next in line."),
        lambda: {"enrolment": _ended(enrolment_id)},
    )


@blueprint.route("/enrolments/<int:enrolment_id>/substitute", methods=["GET", "POST"])
@requires("workshops.nominate")
def send_instead(enrolment_id: int) -> Answer:
    """Send a colleague of the same unit on the seat that is held."""
    enrolment = _ended(enrolment_id)
    workshop_id, name = enrolment.workshop_id, enrolment.person.name
    chosen = chosen_people(current_actor())
    roster_address = url_for("workshops.roster", workshop_id=workshop_id)
    if is_choosing(chosen) or len(chosen) != 1:
        title = _("Who comes instead of %(name)s?", name=name)
        return chooser_page(current_actor(), title, (_("Roster"), roster_address))
    person = chosen[0]

    def act(actor: Actor) -> str:
        substitute(enrolment_id, person.id, actor=actor, reason=form.reason.data)
        return roster_address

    form = ReasonForm()
    return form_page(
        form,
        "workshops/send_instead.html",
        act,
        _("The seat has passed on."),
        lambda: {"enrolment": _ended(enrolment_id), "person": person},
    )


@blueprint.get("/<int:workshop_id>/roster/export")
@requires("workshops.read")
def export_roster(workshop_id: int) -> Response:
    """The roster as a 报名表; numbers are masked."""
    actor = current_actor()
    workshop = _workshop(workshop_id)
    wanted, _unit = _filter(actor)
    rows = list_sheet_rows(workshop, wanted, actor=actor)
    return workbook(*roster_sheet(workshop, rows))
