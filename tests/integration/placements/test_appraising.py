"""The four opinions: in order, by their roles, with marks and a result, never overwritten."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.core.errors import DomainError, InvalidInput
from app.domain.audit.models import AuditEntry
from app.domain.outbox.models import Notice
from app.domain.placements.models import AppraisalOpinion, Stay
from app.domain.placements.operations.appraising import OpinionFacts, sign_opinion, withdraw_opinion
from app.domain.placements.queries.appraisal import signed_opinions, standing_opinions
from app.domain.placements.rules.words import Opinion, Phase, PlacementResult
from tests.concurrency import at_once
from tests.placement_appraisals import (
    LAST_DAY,
    Cast,
    make_cast,
    on,
    placement_of,
    sign,
    sign_all,
)

SELF, MENTOR, BASE_SCHOOL, BUREAU = Opinion


@pytest.fixture
def cast(session: Session) -> Cast:
    return make_cast()


def test_takes_the_four_opinions_and_proposes_a_result(cast: Cast) -> None:
    with on(LAST_DAY):
        sign_all(cast, result=PlacementResult.EXCELLENT)
        found = standing_opinions(cast.placement_id, Phase.FINAL)
    assert {one: row.signed_by for one, row in found.items()} == {
        one: cast.actors[one].account_id for one in Opinion
    }
    assert found[SELF].marks == {}
    assert sorted(found[MENTOR].marks.values()) == ["88", "88"]
    assert (found[MENTOR].result, found[BASE_SCHOOL].result) == (None, PlacementResult.EXCELLENT)
    placement = placement_of(cast)
    assert placement.proposed_result is PlacementResult.EXCELLENT
    assert placement.proposed_by == cast.actors[BUREAU].account_id


def test_tells_whose_turn_it_is(cast: Cast) -> None:
    with on(LAST_DAY):
        sign(cast, SELF)
        told = db.session.scalars(
            select(Notice.account_id).where(Notice.kind == "placements.opinion_wanted")
        ).all()
    assert told == [cast.actors[MENTOR].account_id]


def without_mentor(placement_id: int) -> None:
    with atomic():
        for stay in db.session.scalars(select(Stay).where(Stay.placement_id == placement_id)):
            stay.mentor_id = None


def test_without_a_mentor_the_base_school_is_told_and_where_to_choose_one(cast: Cast) -> None:
    without_mentor(cast.placement_id)
    with on(LAST_DAY):
        sign(cast, SELF)
    notice = db.session.scalars(
        select(Notice).where(
            Notice.kind.in_(["placements.opinion_wanted", "placements.mentor_missing"])
        )
    ).one()
    assert (notice.kind, notice.account_id, notice.link) == (
        "placements.mentor_missing",
        cast.actors[BASE_SCHOOL].account_id,
        f"/placements/{cast.placement_id}/changes/mentor",
    )
    assert notice.parameters["name"] == "罗文"


def test_refuses_an_opinion_out_of_order(cast: Cast) -> None:
    with on(LAST_DAY), pytest.raises(DomainError) as refused:
        sign(cast, MENTOR)
    assert refused.value.code == "out_of_order"


@pytest.mark.parametrize("signer", [MENTOR, BASE_SCHOOL, BUREAU])
def test_refuses_the_wrong_role(cast: Cast, signer: Opinion) -> None:
    with on(LAST_DAY), pytest.raises(DomainError) as refused:
        sign(cast, SELF, actor=cast.actors[signer])
    assert refused.value.code == "wrong_role"


def test_refuses_a_final_opinion_in_the_middle_of_the_term(cast: Cast) -> None:
    with on(date(2023, 11, 1)), pytest.raises(DomainError) as refused:
        sign(cast, SELF)
    assert refused.value.code == "too_early"
    with on(date(2023, 11, 1)):
        sign(cast, SELF, phase=Phase.MID_TERM)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("  ", "text_missing"),
        ("好" * 2001, "text_too_long"),
        ("学生电话13312345678", "personal_number"),
    ],
)
def test_refuses_a_text_that_cannot_stand(cast: Cast, text: str, code: str) -> None:
    with on(LAST_DAY), pytest.raises(InvalidInput) as refused:
        sign(cast, SELF, text=text)
    assert refused.value.code == code
    assert signed_opinions([cast.placement_id], Phase.FINAL) == {cast.placement_id: frozenset()}


def test_refuses_a_mark_that_is_missing_or_impossible(cast: Cast) -> None:
    with on(LAST_DAY):
        sign(cast, SELF)
        with pytest.raises(InvalidInput) as refused:
            sign(cast, MENTOR, mark="101")
        assert refused.value.code == "mark_out_of_range"
        with pytest.raises(InvalidInput) as refused, atomic():
            sign_opinion(
                cast.placement_id,
                Phase.FINAL,
                MENTOR,
                OpinionFacts("好"),
                actor=cast.actors[MENTOR],
            )
    assert refused.value.code == "mark_missing"
    assert refused.value.field == f"mark_{min(cast.criteria.values())}"


def test_refuses_a_base_school_without_a_result(cast: Cast) -> None:
    with on(LAST_DAY):
        sign(cast, SELF)
        sign(cast, MENTOR)
        with pytest.raises(InvalidInput) as refused:
            sign(cast, BASE_SCHOOL, result=None)  # type: ignore[arg-type]
    assert refused.value.code == "result_missing"


def test_asks_for_a_reason_to_pass_with_a_condition_unmet(session: Session) -> None:
    cast = make_cast(required_lessons=10)
    with on(LAST_DAY):
        for opinion in (SELF, MENTOR, BASE_SCHOOL):
            sign(cast, opinion)
        with pytest.raises(InvalidInput) as refused:
            sign(cast, BUREAU)
        assert refused.value.code == "needs_reason"
        sign(cast, BUREAU, exception_reason="因病请假，已补足")
    assert placement_of(cast).exception_reason == "因病请假，已补足"


def test_keeps_an_opinion_that_was_taken_back(cast: Cast) -> None:
    with on(LAST_DAY):
        first = sign(cast, SELF, text="初稿")
        with atomic():
            withdraw_opinion(
                first.id, placement_id=cast.placement_id, reason="写错", actor=cast.actors[SELF]
            )
        sign(cast, SELF, text="定稿")
        rows = db.session.execute(
            select(AppraisalOpinion.text, AppraisalOpinion.withdrawn_reason).order_by(
                AppraisalOpinion.id
            )
        ).all()
    assert [tuple(row) for row in rows] == [("初稿", "写错"), ("定稿", None)]
    actions = db.session.scalars(
        select(AuditEntry.action)
        .where(AuditEntry.action.like("placements.%opinion"))
        .order_by(AuditEntry.id)
    ).all()
    assert actions == [
        "placements.sign_opinion",
        "placements.withdraw_opinion",
        "placements.sign_opinion",
    ]


def test_takes_back_nothing_on_which_a_later_opinion_rests(cast: Cast) -> None:
    with on(LAST_DAY):
        first = sign(cast, SELF)
        sign(cast, MENTOR)
        with pytest.raises(DomainError) as refused, atomic():
            withdraw_opinion(
                first.id, placement_id=cast.placement_id, reason="改", actor=cast.actors[SELF]
            )
    assert refused.value.code == "later_signed"


def test_signs_once_when_two_officers_sign_at_once(app: Flask, cast: Cast) -> None:
    day = LAST_DAY
    with on(day):
        for opinion in (SELF, MENTOR, BASE_SCHOOL):
            sign(cast, opinion)

    def act(actor_of: str) -> None:
        actor = cast.actors[BUREAU] if actor_of == "first" else cast.second_officer
        with on(day):
            sign_opinion(
                cast.placement_id,
                Phase.FINAL,
                BUREAU,
                OpinionFacts("同意", {}, PlacementResult.PASSED),
                actor=actor,
            )

    outcomes = at_once(app, lambda: act("first"), lambda: act("second"))
    assert outcomes == ["already_signed", "done"]
