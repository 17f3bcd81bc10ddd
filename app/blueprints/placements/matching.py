"""The matching of a cohort: run it, look at every line and its reasons, move and lock by hand, confirm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_page, refuse_beyond
from app.blueprints.people.acts import seen_version
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.placements.matching_forms import (
    NOWHERE,
    ConfirmForm,
    LineForm,
    MoveForm,
    SwapForm,
    WeightsForm,
)
from app.blueprints.placements.matching_words import cost_words, reason_words, refusal_words
from app.blueprints.units.words import STAGE_NAMES
from app.core.errors import DomainError, NotFound
from app.core.i18n import gettext
from app.domain.placements.models import Cohort
from app.domain.placements.operations import proposing
from app.domain.placements.queries.matching import (
    find_last_run,
    list_lines,
    read_standing,
    seen_digest,
)
from app.domain.placements.queries.matching_options import Options, read_options
from app.domain.placements.queries.visibility import get_cohort, may_plan
from app.domain.placements.rules import matching_inputs as rules
from app.domain.placements.rules.words import CohortStatus, SeatPolicy


def _planned(cohort_id: int) -> Cohort:
    actor = current_actor()
    cohort = get_cohort(cohort_id, actor=actor)
    if cohort.imported or not may_plan(cohort, actor):
        raise NotFound(gettext("There is no such cohort within your unit."))
    return cohort


@blueprint.get("/cohorts/<int:cohort_id>/matching")
@requires("placements.plan")
def matching(cohort_id: int) -> str:
    """The proposal, whoever has no seat first."""
    return _proposal_page(_planned(cohort_id))


def _proposal_page(cohort: Cohort, form: WeightsForm | None = None) -> str:
    page = list_lines(cohort.id, page=asked_page())
    refuse_beyond(page)
    run = find_last_run(cohort.id)
    if form is None:
        weights = proposing.weights_of_run(run)
        form = WeightsForm(formdata=None, data={name: getattr(weights, name) for name in _names()})
    return render_template(
        "placements/matching.html",
        cohort=cohort,
        page=page,
        run=run,
        standing=read_standing(cohort.id),
        form=form,
        open=cohort.status is CohortStatus.OPEN,
        by_quota=cohort.seat_policy is SeatPolicy.QUOTAS,
        reason_words=reason_words,
        cost_words=cost_words,
        stages=STAGE_NAMES,
    )


def _names() -> list[str]:
    return list(rules.Weights.__dataclass_fields__)


@blueprint.post("/cohorts/<int:cohort_id>/matching/run")
@requires("placements.plan")
def run_matching(cohort_id: int) -> ResponseReturnValue:
    """Draw the proposal up outside the transaction, then write it."""
    cohort = _planned(cohort_id)
    form = WeightsForm()
    if not form.validate():
        return _proposal_page(cohort, form), 422

    def act() -> str:
        draft = proposing.draw_up(cohort_id, form.weights(), actor=current_actor())
        with acting() as actor:
            run = proposing.lay_down(cohort_id, draft, actor=actor)
            placed, left = run.placed, run.nominees - run.placed
        if left:
            return _(
                "Proposed: %(placed)d with a seat, %(left)d without.", placed=placed, left=left
            )
        return _("Proposed: all %(placed)d have a seat.", placed=placed)

    return _done(act, url_for("placements.matching", cohort_id=cohort_id))


@blueprint.get("/cohorts/<int:cohort_id>/matching/<int:nomination_id>")
@requires("placements.plan")
def matching_line(cohort_id: int, nomination_id: int) -> str:
    """One line: where else the nominee could go, and what each way costs."""
    cohort = _planned(cohort_id)
    return _line_page(cohort, _options(cohort, nomination_id))


def _options(cohort: Cohort, nomination_id: int) -> Options:
    return read_options(cohort, nomination_id, proposing.weights_of(cohort.id))


def _line_page(cohort: Cohort, options: Options, form: MoveForm | None = None) -> str:
    line = options.line
    if form is None:
        form = _move_form(options)
        form.seats.data = NOWHERE if line.seats_id is None else str(line.seats_id)
        form.mentor.data = ""
    form.row_version.data = line.row_version
    swap = _swap_form(options)
    swap.row_version.data = line.row_version
    return render_template(
        "placements/matching_line.html",
        cohort=cohort,
        line=line,
        options=options,
        form=form,
        swap=swap,
        open=cohort.status is CohortStatus.OPEN,
        reason_words=reason_words,
        refusal_words=refusal_words,
        cost_words=cost_words,
        stages=STAGE_NAMES,
    )


def _move_form(options: Options, *, filled: bool = False) -> MoveForm:
    """Mentors in groups by base school; without one the cheapest free mentor is taken."""
    form = MoveForm() if filled else MoveForm(formdata=None)
    form.seats.choices = [
        *((str(way.seats.id), way.seats.base_school.name) for way in options.ways),
        (NOWHERE, _("No seat")),
    ]
    schools = {way.seats.base_school_id: way.seats.base_school.name for way in options.ways}
    groups: dict[str, list[tuple[str, str]]] = {"": [("", _("The free one that suits best"))]}
    for guide in options.guides:
        words = ngettext("%(num)d trainee", "%(num)d trainees", guide.load)
        free = _("%(free)d free", free=max(guide.free, 0))
        label = f"{guide.name} ({words}, {free})"
        groups.setdefault(schools[guide.base_school_id], []).append((str(guide.id), label))
    form.mentor.choices = groups
    return form


def _swap_form(options: Options, *, filled: bool = False) -> SwapForm:
    form = SwapForm() if filled else SwapForm(formdata=None)
    schools = {way.seats.id: way.seats.base_school.name for way in options.ways}
    form.with_whom.choices = [
        (
            str(swap.nomination_id),
            f"{swap.name} · {swap.unit} · {schools.get(swap.seats_id or 0, _('No seat'))} "
            f"({cost_words(swap.cost)})",
        )
        for swap in options.swaps
    ]
    return form


@blueprint.post("/cohorts/<int:cohort_id>/matching/<int:nomination_id>/move")
@requires("placements.plan")
def move_matching_line(cohort_id: int, nomination_id: int) -> ResponseReturnValue:
    """Move the nominee to other seats, or to none, and lock the line."""
    cohort = _planned(cohort_id)
    options = _options(cohort, nomination_id)
    form = _move_form(options, filled=True)
    if not form.validate():
        return _line_page(cohort, options, form), 422
    return _moved(cohort_id, nomination_id, _chosen(form, options), seen_version(form), None)


def _chosen(form: MoveForm, options: Options) -> rules.Choice:
    """Who stays on the same seats without naming a mentor keeps the one they have."""
    if form.seats.data == NOWHERE:
        return rules.NOWHERE
    seats_id = int(form.seats.data)
    if form.mentor.data:
        return rules.Choice(seats_id, int(form.mentor.data))
    stays = seats_id == options.line.seats_id
    return rules.Choice(seats_id, options.line.mentor_id if stays else None)


@blueprint.post("/cohorts/<int:cohort_id>/matching/<int:nomination_id>/swap")
@requires("placements.plan")
def swap_matching_lines(cohort_id: int, nomination_id: int) -> ResponseReturnValue:
    """Let two nominees change places, and lock both."""
    cohort = _planned(cohort_id)
    options = _options(cohort, nomination_id)
    form = _swap_form(options, filled=True)
    if not form.validate():
        flash(_("Choose somebody."), "danger")
        return _line_page(cohort, options), 422
    other = int(form.with_whom.data)
    return _moved(cohort_id, nomination_id, rules.NOWHERE, seen_version(form), other)


def _moved(
    cohort_id: int,
    nomination_id: int,
    choice: rules.Choice,
    version: int | None,
    swap_with: int | None,
) -> ResponseReturnValue:
    def act() -> str:
        with acting() as actor:
            cost = proposing.move(
                cohort_id,
                nomination_id,
                choice,
                swap_with=swap_with,
                expected_version=version,
                actor=actor,
            )
        return _("Moved and locked. Cost against before: %(cost)s points.", cost=cost_words(cost))

    page = url_for("placements.matching_line", cohort_id=cohort_id, nomination_id=nomination_id)
    return _done(act, url_for("placements.matching", cohort_id=cohort_id), page)


@blueprint.post("/cohorts/<int:cohort_id>/matching/<int:nomination_id>/lock")
@requires("placements.plan")
def lock_matching_line(cohort_id: int, nomination_id: int) -> ResponseReturnValue:
    """Keep the line in further runs."""
    return _lock(cohort_id, nomination_id, True, _("Locked: a new run leaves it."))


@blueprint.post("/cohorts/<int:cohort_id>/matching/<int:nomination_id>/unlock")
@requires("placements.plan")
def unlock_matching_line(cohort_id: int, nomination_id: int) -> ResponseReturnValue:
    """Leave the line to further runs again."""
    return _lock(cohort_id, nomination_id, False, _("Unlocked: a new run may move it."))


def _lock(cohort_id: int, nomination_id: int, locked: bool, words: str) -> ResponseReturnValue:
    _planned(cohort_id)
    version = seen_version(LineForm())

    def act() -> str:
        with acting() as actor:
            proposing.set_lock(
                cohort_id, nomination_id, locked, expected_version=version, actor=actor
            )
        return words

    return _done(act, url_for("placements.matching", cohort_id=cohort_id))


@blueprint.route("/cohorts/<int:cohort_id>/matching/confirm", methods=["GET", "POST"])
@requires("placements.plan")
def confirm_matching(cohort_id: int) -> ResponseReturnValue:
    """Show what will happen, then make the proposal placements."""
    cohort = _planned(cohort_id)
    form = ConfirmForm()
    address = url_for("placements.matching", cohort_id=cohort_id)
    if form.validate_on_submit():

        def act() -> str:
            with acting() as actor:
                made = len(proposing.confirm(cohort_id, seen=form.seen.data or "", actor=actor))
            return ngettext("%(num)d placement made.", "%(num)d placements made.", made)

        return _done(act, address)
    form.seen.data = seen_digest(cohort.id)
    return render_template(
        "placements/matching_confirm.html",
        cohort=cohort,
        form=form,
        standing=read_standing(cohort.id),
    )


def _done(act: Callable[[], str], address: str, refused: str | None = None) -> ResponseReturnValue:
    """Do it and say how it went; a refusal is told on the page it came from."""
    try:
        words: Any = act()
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        flash(str(error), "danger")
        return redirect(refused or address)
    flash(words, "success")
    return redirect(address)
