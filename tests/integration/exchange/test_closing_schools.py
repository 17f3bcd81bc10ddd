"""A list of schools that closes one: what becomes of the postings there, as its preview says."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.exchange import operations
from app.domain.people.models import Posting
from app.domain.people.rules import EndReason
from tests.factories import id_number, make_counselor, make_school
from tests.integration.exchange.workbooks import (
    ROSTER,
    SCHOOLS,
    as_system,
    bring,
    codes,
    plan_of,
    submission,
    teacher,
    workbook,
)

CLOSED = date(2023, 5, 1)
CODE = "5323010999"


def closing(filled: str = "2023年8月10日") -> bytes:
    row = [1, "楚雄市", "青山小学", CODE, "完小", 300, 2, 40, CLOSED.isoformat()]
    return workbook((*SCHOOLS, "撤并时间"), [row], filled=filled)


def ends(session: Session) -> list[tuple[date | None, EndReason | None]]:
    session.expire_all()
    rows = session.execute(select(Posting.valid_until, Posting.end_reason).order_by(Posting.id))
    return [(row[0], row[1]) for row in rows]


def test_the_preview_says_how_many_postings_end_and_they_do(session: Session) -> None:
    school, other = make_school(name="青山小学", code=CODE), make_school()
    make_counselor(school, "李甲", valid_from=date(2018, 3, 1))
    make_counselor(school, "李乙", valid_from=date(2018, 3, 1), valid_until=date(2023, 6, 30))
    make_counselor(school, "李丙", valid_from=date(2018, 3, 1), valid_until=CLOSED)
    make_counselor(other, "李丁", valid_from=date(2018, 3, 1))
    plan = plan_of(submission("schools", closing()))
    problem = next(plan.problems())
    assert (problem.code, problem.row, problem.column, problem.params, problem.severity) == (
        "postings_end_with_school",
        4,
        "撤并时间",
        {"count": "2", "day": "2023-05-01"},
        "warning",
    )
    assert ends(session)[0] == (None, None)
    bring("schools", closing())
    closed = (CLOSED, EndReason.UNIT_CLOSED)
    assert ends(session) == [closed, closed, (CLOSED, None), (None, None)]
    _batch, again = bring("schools", closing())
    assert (codes(again), again.counts()["unchanged"]) == ([], 1)


def test_what_begins_after_the_closing_is_left_and_told(session: Session) -> None:
    school = make_school(name="青山小学", code=CODE)
    make_counselor(school, "李甲", valid_from=date(2023, 6, 1))
    _batch, plan = bring("schools", closing())
    assert codes(plan) == ["postings_begin_after_closing"]
    assert ends(session) == [(None, None)]


def test_what_a_newer_roster_speaks_for_is_left_and_told(session: Session) -> None:
    school = make_school(name="青山小学", code=CODE)
    make_counselor(school, "李甲", number=id_number(1), valid_from=date(2018, 3, 1))
    bring("counselors", workbook(ROSTER, [teacher(1, school.name, 姓名="李甲")]))
    plan = plan_of(submission("schools", closing("2023年6月1日")))
    assert codes(plan) == ["postings_stand"]
    assert next(plan.problems()).params == {"count": "1", "day": "2023-08-10"}
    bring("schools", closing("2023年6月1日"))
    assert ends(session) == [(None, None)]


def test_undo_lets_the_postings_go_on(session: Session) -> None:
    school = make_school(name="青山小学", code=CODE)
    make_counselor(school, "李甲", valid_from=date(2018, 3, 1))
    batch, _plan = bring("schools", closing())
    assert batch is not None
    import_id = batch.id
    with as_system() as actor:
        operations.undo(import_id, "wrong file", actor=actor)
    assert ends(session) == [(None, None)]
    session.expire_all()
    assert school.closed_on is None
