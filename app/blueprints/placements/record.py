"""The record of a placement: facts, what is due, how far the trainee is; one's own as the front page of a trainee."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask import render_template
from markupsafe import Markup

from app.access.guards import current_actor, requires
from app.blueprints.certificates.trainings import issue_address
from app.blueprints.certificates.words import KINDS
from app.blueprints.placements import semester_page_words as words
from app.blueprints.placements import words as area_words
from app.blueprints.placements.appraisal_words import MEASURES
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.placements.front import front_page
from app.core import clock
from app.core.rich_text import render_markdown
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Certificate
from app.domain.certificates.queries.issued import list_of_records
from app.domain.placements.models import Placement
from app.domain.placements.operations.log import why_no_new_entry
from app.domain.placements.queries.changes import list_own_placements
from app.domain.placements.queries.due import coming, owed, read_due
from app.domain.placements.queries.log import interruptions
from app.domain.placements.queries.nominations import list_own_nominations
from app.domain.placements.queries.progress import read_progress, required_of
from app.domain.placements.queries.records import records_of
from app.domain.placements.queries.visibility import (
    Part,
    current_stay,
    get_placement,
    parts_of,
)
from app.domain.placements.rules.due import DueState, count_overdue
from app.domain.placements.rules.presence import RUNS
from app.domain.placements.rules.progress import measures_of
from app.domain.placements.rules.words import Opinion


@blueprint.get("/mine")
@requires("placements.keep_log")
def mine() -> str:
    """One's own placement."""
    return own_page(current_actor())


@front_page("placements.keep_log")
def own_page(actor: Actor) -> str:
    """The placement that runs, else the newest; also the front page of placements for a teacher."""
    placements = list_own_placements(actor.account_id)
    if not placements:
        return render_template(
            "placements/none_of_mine.html",
            nominations=list_own_nominations(actor.account_id),
            words=area_words,
        )
    return _page(placements[0], actor, earlier=placements[1:])


@blueprint.get("/<int:placement_id>")
@requires("placements.see")
def show(placement_id: int) -> str:
    """Facts, progress and what is due."""
    actor = current_actor()
    return _page(get_placement(placement_id, actor=actor), actor)


def _page(placement: Placement, actor: Actor, **more: Any) -> str:
    parts = parts_of(placement, actor)
    items = []
    if placement.status in RUNS and not placement.cohort.imported:
        opinion = Opinion.MENTOR if Part.MENTOR in parts else Opinion.SELF
        items = read_due([placement], opinion)[placement.id]
    progress = read_progress([placement.id])[placement.id]
    return render_template(
        "placements/show.html",
        placement=placement,
        plan_text=Markup(render_markdown(placement.cohort.plan)) if placement.cohort.plan else None,
        stay=current_stay(placement),
        progress=progress,
        measures=measures_of(progress, required_of(placement.cohort)),
        owed=owed(items),
        coming=coming(items),
        waiting=[item for item in items if item.state is DueState.WAITING],
        overdue=count_overdue(items),
        rests=interruptions(placement.id),
        writes=Part.TRAINEE in parts and why_no_new_entry(placement, actor) is None,
        keeps=bool({Part.MENTOR, Part.BASE_SCHOOL} & parts),
        issue=_issue(placement, actor),
        own_certificates=_own_certificates(placement, parts),
        kinds=KINDS,
        today=clock.today(),
        words=words,
        area_words=area_words,
        MEASURES=MEASURES,
        **({"earlier": []} | more),
    )


def _issue(placement: Placement, actor: Actor) -> str | None:
    """Where certificates are prepared for the cohort of a placement that was passed."""
    if placement.training_record_id is None:
        return None
    cohort = placement.cohort
    return issue_address(records_of(cohort.id), cohort.title, actor=actor)


def _own_certificates(placement: Placement, parts: Collection[Part]) -> Sequence[Certificate]:
    """What the trainee was issued for it, for their own eyes."""
    record_id = placement.training_record_id
    if record_id is None or Part.TRAINEE not in parts:
        return ()
    return list_of_records([record_id], person_id=placement.person_id)[record_id]
