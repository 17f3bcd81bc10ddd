"""Question banks and their questions: who sees and writes them, revisions, codes, two who change one question."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic
from app.core.errors import DomainError, NotFound
from app.domain.accounts.rules import Actor, Role
from app.domain.audit.models import AuditEntry
from app.domain.courses.models import Question, QuestionRevision
from app.domain.courses.operations import banks, questions
from app.domain.courses.operations.questions import QuestionDraft
from app.domain.courses.queries import banks as queries
from app.domain.courses.queries.banks import QuestionFilter
from app.domain.courses.rules.questions import QuestionText
from app.domain.courses.rules.words import QuestionKind
from tests import course_factories as courses
from tests import factories as make
from tests.concurrency import at_once

OPTIONS = ("保密", "说教", "批评")


def draft(stem: str = "首要原则是什么？", **facts: Any) -> QuestionDraft:
    code, topic = facts.pop("code", ""), facts.pop("topic", "")
    values: dict[str, Any] = {"options": OPTIONS, "answer": (0,)}
    return QuestionDraft(QuestionText(QuestionKind.SINGLE, stem, **(values | facts)), topic, code)


def bureau(unit: str = make.LINCANG) -> Actor:
    return make.make_actor(Role.BUREAU, unit)


def add(bank_id: int, actor: Actor, one: QuestionDraft) -> QuestionRevision:
    with atomic():
        return questions.add_question(bank_id, one, actor=actor, now=clock.now())


def test_a_bank_is_opened_renamed_retired_and_taken_up_again(session: Session) -> None:
    actor = bureau()
    with atomic():
        bank = banks.create_bank(
            " 心理题库 ", "全市共用", unit_id=actor.unit_id, actor=actor, now=clock.now()
        )
    assert (bank.title, bank.note, bank.unit.code) == ("心理题库", "全市共用", make.LINCANG)
    with atomic():
        banks.edit_bank(bank.id, "新题库", None, expected_version=1, actor=actor)
    with pytest.raises(DomainError) as stale, atomic():
        banks.edit_bank(bank.id, "旧", None, expected_version=1, actor=actor)
    assert stale.value.code == "stale_version"
    with atomic():
        banks.retire_bank(bank.id, reason="并入新题库", actor=actor, now=clock.now())
    assert [b.title for b in queries.list_banks(actor, retired=True).items] == ["新题库"]
    with pytest.raises(DomainError) as retired:
        add(bank.id, actor, draft())
    assert retired.value.code == "bank_retired"
    with atomic():
        banks.restore_bank(bank.id, actor=actor)
    assert queries.list_banks(actor).items[0].questions == 0
    actions = session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)).all()
    assert actions == [
        "courses.create_bank", "courses.edit_bank", "courses.retire_bank", "courses.restore_bank"
    ]  # fmt: skip


@pytest.mark.parametrize(("title", "code"), [("  ", "title_missing"), ("题" * 201, "too_long")])
def test_a_bank_needs_a_name_that_fits(session: Session, title: str, code: str) -> None:
    actor = bureau()
    with pytest.raises(DomainError) as refused, atomic():
        banks.create_bank(title, None, unit_id=actor.unit_id, actor=actor, now=clock.now())
    assert refused.value.code == code


def test_two_banks_of_a_unit_have_two_names(session: Session) -> None:
    courses.make_bank()
    actor = bureau()
    with pytest.raises(DomainError) as refused, atomic():
        banks.create_bank(
            "心理健康教育题库", None, unit_id=actor.unit_id, actor=actor, now=clock.now()
        )
    assert refused.value.code == "bank_exists"


def test_a_county_draws_from_the_prefecture_and_writes_only_its_own(session: Session) -> None:
    above, own = courses.make_bank(), courses.make_bank(make.LINXIANG, "区题库")
    elsewhere = courses.make_bank(make.CHUXIONG)
    county = make.make_actor(Role.COUNTY, make.LINXIANG)
    assert {b.id for b in queries.list_banks(county).items} == {above.id, own.id}
    assert queries.get_bank(above.id, actor=county).id == above.id
    for bank in (above, elsewhere):
        with pytest.raises(NotFound):
            add(bank.id, county, draft())
    assert add(own.id, county, draft()).number == 1
    with pytest.raises(NotFound):
        queries.get_bank(own.id, actor=bureau(make.CHUXIONG))
    assert queries.get_bank(own.id, actor=bureau()).id == own.id


def test_a_trainer_writes_for_who_organises_their_course(session: Session) -> None:
    course = courses.make_course()
    trainer = make.actor_of(courses.make_course_trainer(course))
    bank, other = courses.make_bank(), courses.make_bank(make.CHUXIONG)
    assert [unit.code for unit in queries.list_bank_units(trainer)] == [make.LINCANG]
    assert add(bank.id, trainer, draft()).question.code == "0001"
    with pytest.raises(NotFound):
        queries.get_bank(other.id, actor=trainer)
    with pytest.raises(NotFound), atomic():
        banks.create_bank("x", None, unit_id=other.unit_id, actor=trainer, now=clock.now())


@pytest.mark.parametrize("role", [Role.TEACHER, Role.SCHOOL, Role.MENTOR])
def test_others_see_no_banks(session: Session, role: Role) -> None:
    bank = courses.make_bank()
    with pytest.raises(NotFound):
        queries.get_bank(bank.id, actor=make.make_actor(role, make.LINCANG))


def test_codes_are_given_in_order_and_never_twice(session: Session) -> None:
    bank, actor = courses.make_bank(), bureau()
    assert add(bank.id, actor, draft(code="0002")).question.code == "0002"
    assert add(bank.id, actor, draft()).question.code == "0003"
    assert add(bank.id, actor, draft(code=" Ａ1 ")).question.code == "A1"
    with pytest.raises(DomainError) as refused:
        add(bank.id, actor, draft(code="A1"))
    assert (refused.value.code, refused.value.field) == ("code_taken", "code")


@pytest.mark.parametrize(
    ("broken", "code", "field"),
    [
        (draft(answer=()), "no_right_answer", "answer"),
        (draft(" "), "no_stem", "stem"),
        (draft(options=("保密", " ", "x")), "empty_option", "options"),
        (draft(topic="题" * 81), "too_long", "topic"),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(
    session: Session, broken: QuestionDraft, code: str, field: str
) -> None:
    bank, actor = courses.make_bank(), bureau()
    with pytest.raises(DomainError) as refused:
        add(bank.id, actor, broken)
    assert (refused.value.code, refused.value.field) == (code, field)


def test_a_change_is_a_new_revision_and_the_old_one_stays(session: Session) -> None:
    bank, actor = courses.make_bank(), bureau()
    question = add(bank.id, actor, draft()).question
    with atomic():
        questions.revise_question(
            question.id, draft("首要原则？", topic="伦理"), seen=1, actor=actor, now=clock.now()
        )
    rows = queries.list_revisions(question.id)
    assert [(r.number, r.stem, r.current) for r in rows] == [
        (2, "首要原则？", True), (1, "首要原则是什么？", False)
    ]  # fmt: skip
    assert (question.topic, question.code) == ("伦理", "0001")


def test_another_topic_alone_makes_no_revision(session: Session) -> None:
    bank, actor = courses.make_bank(), bureau()
    question = add(bank.id, actor, draft()).question
    with atomic():
        questions.revise_question(
            question.id, draft(topic="伦理"), seen=1, actor=actor, now=clock.now()
        )
    assert [r.number for r in queries.list_revisions(question.id)] == [1]


def test_the_kind_of_a_question_stays(session: Session) -> None:
    bank, actor = courses.make_bank(), bureau()
    question = add(bank.id, actor, draft()).question
    other = QuestionDraft(QuestionText(QuestionKind.TRUE_FALSE, "对吗？", answer=(True,)))
    with pytest.raises(DomainError) as refused, atomic():
        questions.revise_question(question.id, other, seen=1, actor=actor, now=clock.now())
    assert refused.value.code == "kind_fixed"


def test_of_two_who_change_a_question_at_once_one_is_told(app: Flask, session: Session) -> None:
    bank, actor = courses.make_bank(), bureau()
    question_id = add(bank.id, actor, draft()).question.id

    def revise(stem: str) -> Callable[[], object]:
        return partial(
            questions.revise_question,
            question_id, draft(stem), seen=1, actor=actor, now=clock.now(),
        )  # fmt: skip

    assert at_once(app, revise("甲"), revise("乙")) == ["done", "stale_version"]
    session.rollback()
    assert [r.number for r in queries.list_revisions(question_id)] == [2, 1]


def test_two_who_write_at_once_get_two_codes(app: Flask, session: Session) -> None:
    bank_id, actor = courses.make_bank().id, bureau()
    acts = [
        partial(questions.add_question, bank_id, draft(stem), actor=actor, now=clock.now())
        for stem in ("甲", "乙", "丙")
    ]
    assert at_once(app, *acts) == ["done"] * 3
    session.rollback()
    codes = session.scalars(select(Question.code).order_by(Question.code)).all()
    assert codes == ["0001", "0002", "0003"]


def test_a_retired_question_is_listed_apart_and_drawn_no_more(session: Session) -> None:
    bank, actor = courses.make_bank(), bureau()
    kept, gone = (add(bank.id, actor, draft(stem, topic="伦理")).question for stem in ("甲", "乙"))
    with atomic():
        questions.retire_question(gone.id, actor=actor, now=clock.now())
    assert queries.load_holding([bank.id]) == {(bank.id, "伦理"): [kept.id]}
    assert queries.count_topics([bank.id]) == {(bank.id, "伦理"): 1}
    retired = queries.list_questions(bank.id, QuestionFilter(retired=True)).items
    assert [question.id for question, _revision in retired] == [gone.id]
    with atomic():
        questions.restore_question(gone.id, actor=actor)
    assert queries.count_topics([bank.id]) == {(bank.id, "伦理"): 2}


def test_questions_are_found_by_word_topic_and_kind(session: Session) -> None:
    bank = courses.make_bank()
    courses.make_question(bank, topic="伦理", code="A1", stem="100%保密吗")
    courses.make_question(bank, topic="", code="A2", stem="自伤怎么办")
    courses.make_question(
        bank, QuestionKind.TRUE_FALSE, code="B1", stem="对吗", options=(), answer=(True,)
    )

    def found(**wanted: Any) -> list[str]:
        page = queries.list_questions(bank.id, QuestionFilter(**wanted))
        return [question.code for question, _revision in page.items]

    assert found() == ["A2", "B1", "A1"]
    assert found(q="0%保") == ["A1"]
    assert found(q="a2") == ["A2"]
    assert found(topic="") == ["A2", "B1"]
    assert found(topic="伦理") == ["A1"]
    assert found(kind=QuestionKind.TRUE_FALSE) == ["B1"]
