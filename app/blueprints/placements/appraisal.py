"""The appraisal of a placement: conditions, the four opinions in order, and the outcome."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.downloads import DOCX, attachment
from app.blueprints.people.acts import form_page, seen_version
from app.blueprints.placements import words
from app.blueprints.placements.appraisal_forms import OpinionForm, OutcomeForm
from app.blueprints.placements.appraisal_words import MEASURES
from app.blueprints.placements.blueprint import blueprint
from app.core import clock
from app.core.documents.pdf import render_pdf
from app.core.documents.word import render_docx
from app.core.errors import DomainError, InvalidInput
from app.domain.accounts.rules import Actor
from app.domain.placements.appraisal_words import OPINIONS
from app.domain.placements.models import AppraisalOpinion, Placement
from app.domain.placements.operations.appraising import (
    OpinionFacts,
    sign_opinion,
    withdraw_opinion,
)
from app.domain.placements.operations.settling import confirm_outcome, revoke_outcome
from app.domain.placements.queries.appraisal import list_criteria, list_opinions, standing_of
from app.domain.placements.queries.appraisal_form import read_form_facts
from app.domain.placements.queries.progress import read_measures
from app.domain.placements.queries.visibility import current_stay, get_placement, parts_of
from app.domain.placements.rules import appraisal as rules
from app.domain.placements.rules.progress import unmet
from app.domain.placements.rules.words import Opinion, Phase, PlacementResult, PlacementStatus

LONGEST_MARK = 10
FORM = "placement-appraisal"
Named = TypeVar("Named", Phase, Opinion)


@blueprint.get("/<int:placement_id>/appraisal")
@requires("placements.see")
def appraisal(placement_id: int) -> str:
    """The appraisal of one phase (``?phase=``; without it the one that is written now)."""
    placement = get_placement(placement_id, actor=current_actor())
    return render_template(
        "placements/appraisal.html",
        form=_empty_form(placement),
        **_context(placement, _phase(placement)),
    )


@blueprint.post("/<int:placement_id>/appraisal/sign")
@requires("placements.see")
def sign_appraisal(placement_id: int) -> ResponseReturnValue:
    """Sign the opinion whose turn it is, if the reader is the one to sign it."""
    get_placement(placement_id, actor=current_actor())
    phase = _known(Phase, request.form.get("phase"))
    address = url_for("placements.appraisal", placement_id=placement_id, phase=phase.value)
    form = OpinionForm()

    def act(actor: Actor) -> str:
        opinion = _known(Opinion, request.form.get("opinion"))
        sign_opinion(placement_id, phase, opinion, _facts(form), actor=actor)
        return address

    def context() -> dict[str, Any]:
        return _context(get_placement(placement_id, actor=current_actor()), phase)

    return form_page(form, "placements/appraisal.html", act, _("Signed."), context)


@blueprint.post("/<int:placement_id>/appraisal/<int:opinion_id>/withdraw")
@requires("placements.see")
def withdraw_appraisal(placement_id: int, opinion_id: int) -> ResponseReturnValue:
    """Take a signed opinion back with a reason."""
    with acting() as actor:
        withdraw_opinion(
            opinion_id,
            placement_id=placement_id,
            reason=request.form.get("reason", ""),
            actor=actor,
        )
    flash(_("The opinion was taken back. It stays on record and can be signed anew."), "success")
    return redirect(request.referrer or url_for("placements.appraisal", placement_id=placement_id))


@blueprint.post("/<int:placement_id>/confirm")
@requires("placements.decide")
def confirm(placement_id: int) -> ResponseReturnValue:
    """Confirm the result that the bureau's opinion proposed."""
    form = OutcomeForm()
    address = url_for("placements.appraisal", placement_id=placement_id, phase="final")
    try:
        with acting() as actor:
            placement = confirm_outcome(
                placement_id, actor=actor, expected_version=seen_version(form)
            )
            passed = placement.result is not PlacementResult.FAILED
            name = placement.person.name
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        flash(str(error), "danger")
        return redirect(address)
    if passed:
        flash(_("Confirmed: %(name)s is a lead teacher now.", name=name), "success")
    else:
        flash(_("Confirmed: %(name)s has not passed.", name=name), "success")
    return redirect(address)


@blueprint.post("/<int:placement_id>/revoke")
@requires("placements.decide")
def revoke(placement_id: int) -> ResponseReturnValue:
    """Take a confirmed outcome back with a reason."""
    with acting() as actor:
        revoke_outcome(placement_id, reason=request.form.get("reason", ""), actor=actor)
    flash(_("The result was taken back: record and designation no longer count."), "success")
    return redirect(url_for("placements.appraisal", placement_id=placement_id, phase="final"))


@blueprint.get("/<int:placement_id>/papers/appraisal.pdf")
@requires("placements.see")
def appraisal_pdf(placement_id: int) -> ResponseReturnValue:
    """The appraisal form with everything filled in that is known, to print."""
    placement = get_placement(placement_id, actor=current_actor())
    pdf = render_pdf(FORM, read_form_facts(placement))
    return attachment(pdf, _paper_name(placement, "pdf"), "application/pdf")


@blueprint.get("/<int:placement_id>/papers/appraisal.docx")
@requires("placements.see")
def appraisal_word(placement_id: int) -> ResponseReturnValue:
    """The same form as a Word document."""
    placement = get_placement(placement_id, actor=current_actor())
    document = render_docx(FORM, read_form_facts(placement))
    return attachment(document, _paper_name(placement, "docx"), DOCX)


def _paper_name(placement: Placement, suffix: str) -> str:
    return f"{placement.person.name}跟岗培训考核鉴定表.{suffix}"


def _phase(placement: Placement) -> Phase:
    asked = request.args.get("phase", "")
    if asked in {phase.value for phase in Phase}:
        return Phase(asked)
    standing = standing_of(placement, ())
    begun = clock.today() >= rules.opens_on(Phase.FINAL, standing)
    return Phase.FINAL if begun or placement.cohort.mid_term_on is None else Phase.MID_TERM


def _known(kind: type[Named], asked: str | None) -> Named:
    """What the form names, of the phases or opinions there are."""
    try:
        return kind(asked or "")
    except ValueError as error:
        raise InvalidInput(
            _("Load the page again and sign once more."), "unknown_opinion"
        ) from error


def _facts(form: OpinionForm) -> OpinionFacts:
    return OpinionFacts(
        text=form.text.data or "",
        marks=_marks(),
        result=PlacementResult(form.result.data) if form.result.data else None,
        exception_reason=form.exception_reason.data,
    )


def _marks() -> dict[int, Decimal]:
    """Fields ``mark-<criterion>`` with something in them."""
    marks = {}
    for name, typed in request.form.items():
        key, text = name.removeprefix("mark-"), typed.strip()
        if key == name or not (key.isascii() and key.isdecimal() and len(key) <= 9) or not text:
            continue
        marks[int(key)] = _mark(text, f"mark_{key}")
    return marks


def _mark(text: str, field: str) -> Decimal:
    try:
        mark = Decimal(text[:LONGEST_MARK])
    except InvalidOperation:
        mark = Decimal("NaN")
    if not mark.is_finite():
        raise InvalidInput(
            _("“%(text)s” is not a number. A mark is a number from 0 to 100.", text=text[:40]),
            "mark_not_a_number",
            field,
        )
    return mark


def _empty_form(placement: Placement) -> OpinionForm:
    form = OpinionForm(formdata=None)
    if placement.proposed_result is not None:
        form.result.data = placement.proposed_result.value
    return form


def _context(placement: Placement, phase: Phase) -> dict[str, Any]:
    actor = current_actor()
    opinions = [one for one in list_opinions(placement.id) if one.phase is phase]
    standing = {one.opinion: one for one in opinions if one.withdrawn_at is None}
    following = rules.next_opinion(standing)
    parts = parts_of(placement, actor)
    facts = standing_of(placement, standing)
    criteria = list_criteria(placement.cohort_id, phase)
    measures = read_measures(placement.id, placement.cohort)
    why = following and rules.why_cannot_sign(
        following, phase, facts, parts=parts, today=clock.today()
    )
    return {
        "placement": placement,
        "stay": current_stay(placement),
        "phase": phase,
        "order": rules.ORDER,
        "standing": standing,
        "withdrawn": [one for one in opinions if one.withdrawn_at is not None],
        "following": following,
        "may_sign": following is not None and why is None,
        "why": why,
        "opens_on": rules.opens_on(phase, facts),
        "withdrawable": _withdrawable(facts, parts),
        "criteria": criteria,
        "marking": rules.MARKING,
        "deciding": rules.DECIDING if phase is Phase.FINAL else frozenset(),
        "weighted": {one: _weighted(row, criteria) for one, row in standing.items()},
        "suggested": _suggested(standing, criteria),
        "measures": [one for one in measures if one.required],
        "unmet": unmet(measures),
        "typed": request.form,
        "OPINIONS": OPINIONS,
        "MEASURES": MEASURES,
        "words": words,
        "decides": "bureau" in parts,
        "completed": placement.status is PlacementStatus.COMPLETED,
        "outcome_form": OutcomeForm(formdata=None, row_version=str(placement.row_version)),
    }


def _withdrawable(facts: rules.Standing, parts: frozenset[Any]) -> set[Opinion]:
    return {
        opinion
        for opinion in facts.signed
        if rules.why_cannot_withdraw(opinion, facts, parts=parts) is None
    }


def _weighted(row: AppraisalOpinion, criteria: Any) -> Decimal | None:
    marks = {int(key): Decimal(str(mark)) for key, mark in row.marks.items()}
    return rules.weighted_mark(marks, {one.id: one.weight for one in criteria})


def _suggested(standing: dict[Opinion, AppraisalOpinion], criteria: Any) -> Any:
    """What the mentor's marks suggest, for whoever proposes the result."""
    row = standing.get(Opinion.MENTOR)
    return None if row is None else rules.suggested_result(_weighted(row, criteria))
