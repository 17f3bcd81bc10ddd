"""Results: moderated, published, locked, changed with a reason, appealed against."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, InvalidInput, NotFound, StaleVersion
from app.domain.accounts.rules import Actor
from app.domain.audit.models import AuditEntry
from app.domain.outbox.models import Notice
from app.domain.people.models import Person
from app.domain.workshops.models import Appeal, MarkChange, Result, Workshop
from app.domain.workshops.operations.appeals import answer_appeal, make_appeal, withdraw_appeal
from app.domain.workshops.operations.changing import change_mark
from app.domain.workshops.operations.commenting import set_comment
from app.domain.workshops.operations.marking import save_mark
from app.domain.workshops.operations.results import moderate, publish_results
from app.domain.workshops.queries.appeals import read_window
from app.domain.workshops.queries.results import find_own_result
from app.domain.workshops.rules.words import (
    AttendanceState,
    CriterionKind,
    Grade,
    RequestState,
    TrainerRole,
    WorkshopStatus,
)
from tests import factories as make
from tests.concurrency import at_once
from tests.grading_factories import THEORY, Class, assign, attend, entry, make_class, mark

D = Decimal
LATER = datetime(2023, 8, 20, 2, 0, tzinfo=UTC)
WITH_ATTENDANCE = ((("考勤", CriterionKind.ATTENDANCE), 20, 10), (("理论", THEORY), 80, 100))


def publish(given: Class, *leave_out: int, actor: Actor | None = None) -> int:
    with atomic():
        return publish_results(
            given.workshop_id,
            actor=actor or given.trainer,
            leave_out={given.enrolments[place] for place in leave_out},
        )


def result_of(session: Session, given: Class, person: int = 0) -> Result:
    session.expire_all()
    statement = select(Result).where(Result.enrolment_id == given.enrolments[person])
    return session.scalars(statement).one()


def give_account(given: Class, person: int = 0) -> Actor:
    """An account for somebody of the class; the actor they are."""
    account = make.make_account("teacher", make.CHUXIONG)
    actor = make.actor_of(account)
    with atomic():
        db.session.get_one(Person, given.people[person]).account_id = account.id
    return actor


def notices(session: Session, actor: Actor) -> list[str]:
    statement = select(Notice.kind).where(Notice.account_id == actor.account_id).order_by(Notice.id)
    return list(session.scalars(statement))


def change(given: Class, person: int, criterion: int, text: str, **how: object) -> Result:
    values = {"reason": "复核试卷，漏计一题", "actor": given.trainer, **how}
    with atomic():
        return change_mark(
            given.enrolments[person],
            given.criteria[criterion],
            text,
            workshop_id=given.workshop_id,
            **values,
        )


def published_class(**columns: object) -> tuple[Class, Actor]:
    """One person with 85 of 100 (40 %) and 40 of 50 (60 %): 82; their actor."""
    given = make_class(1, **columns)
    own = give_account(given)
    mark(given, 0, "85", "40")
    publish(given)
    return given, own


def test_publishes_totals_and_grades_and_tells_each_person_once(session: Session) -> None:
    given = make_class(3)
    own = give_account(given)
    for person, texts in enumerate([("95", "48"), ("60", "30"), ("59", "30")]):
        mark(given, person, *texts)
    assert publish(given) == 3
    results = [result_of(session, given, person) for person in range(3)]
    assert [(r.total, r.grade) for r in results] == [
        (D("95.60"), Grade.EXCELLENT),
        (D("60.00"), Grade.PASSED),
        (D("59.60"), Grade.FAILED),
    ]
    assert {r.published_at for r in results} == {clock.now()}
    assert session.get_one(Workshop, given.workshop_id).grades_published_at == clock.now()
    assert notices(session, own) == ["workshops.result_published"]


def test_names_who_cannot_be_graded_yet(session: Session) -> None:
    given = make_class(3)
    mark(given, 0, "85", "40")
    mark(given, 1, "85")
    with pytest.raises(DomainError) as refused:
        publish(given)
    assert refused.value.code == "marks_missing"
    assert refused.value.details["enrolments"] == given.enrolments[1:]
    assert "学员001" in str(refused.value.message)
    assert session.scalar(select(Result.id)) is None


def test_publishes_without_those_left_out_who_follow_later(session: Session) -> None:
    given = make_class(2)
    mark(given, 0, "85", "40")
    assert publish(given, 1) == 1
    mark(given, 1, "70", "40")
    with clock.frozen(LATER):
        assert publish(given) == 1
    assert result_of(session, given, 0).published_at == clock.now()
    assert result_of(session, given, 1).published_at == LATER
    assert session.get_one(Workshop, given.workshop_id).grades_published_at == clock.now()


def test_does_not_publish_nobody(session: Session) -> None:
    given = make_class(1)
    mark(given, 0, "85", "40")
    publish(given)
    with pytest.raises(DomainError) as refused:
        publish(given)
    assert refused.value.code == "nobody_left"


def test_does_not_publish_without_a_guide(session: Session) -> None:
    with pytest.raises(DomainError) as refused:
        publish(make_class(1, ()))
    assert refused.value.code == "no_guide"


def test_marks_to_agree_on_keep_a_result_back(session: Session) -> None:
    given = make_class(1, second_marking=True)
    second = make.actor_of(assign(given.workshop_id, TrainerRole.SECOND_MARKER))
    mark(given, 0, "90", "40")
    mark(given, 0, "60", "40", actor=second)
    with pytest.raises(DomainError) as refused:
        publish(given)
    assert refused.value.code == "marks_missing"


def test_the_second_marker_does_not_publish(session: Session) -> None:
    given = make_class(1, second_marking=True)
    second = make.actor_of(assign(given.workshop_id, TrainerRole.SECOND_MARKER))
    with pytest.raises(DomainError) as refused:
        publish(given, actor=second)
    assert refused.value.code == "not_first_marker"


def test_a_stranger_does_not_publish(session: Session) -> None:
    given = make_class(1)
    stranger = make.make_actor("trainer", make.CHUXIONG)
    with pytest.raises(NotFound):
        publish(given, actor=stranger)


def test_what_attendance_came_to_is_kept_with_the_result(session: Session) -> None:
    given = make_class(1, WITH_ATTENDANCE)
    attend(given, {0: AttendanceState.PRESENT})
    with atomic():
        save_mark(given.workshop_id, entry(given, 0, 1, "90"), actor=given.trainer)
    publish(given)
    attend(given, {0: AttendanceState.ABSENT})
    [row] = given.book().rows
    assert (row.published_total, row.assessment.total) == (D("92.00"), D("92.00"))


def test_two_publish_at_once_and_each_person_is_told_once(app: Flask) -> None:
    with app.app_context():
        given = make_class(2)
        own = give_account(given)
        for person in (0, 1):
            mark(given, person, "85", "40")
        other = make.actor_of(assign(given.workshop_id, TrainerRole.TRAINER))
    outcomes = at_once(
        app,
        lambda: publish_results(given.workshop_id, actor=given.trainer),
        lambda: publish_results(given.workshop_id, actor=other),
    )
    assert outcomes == ["done", "nobody_left"]
    with app.app_context():
        assert notices(db.session(), own) == ["workshops.result_published"]


def test_moderation_moves_totals_and_is_told_with_the_result(session: Session) -> None:
    given = make_class(2)
    for person in (0, 1):
        mark(given, person, "85", "40")
    with atomic():
        assert moderate(given.workshop_id, D(3), reason="试题偏难", actor=given.trainer) == 2
    with atomic():
        moderate(
            given.workshop_id,
            D("-2"),
            reason="缺交一次",
            actor=given.trainer,
            enrolment_ids=[given.enrolments[1]],
        )
    publish(given)
    assert [result_of(session, given, person).total for person in (0, 1)] == [
        D("85.00"),
        D("80.00"),
    ]
    own = find_own_result(session.get_one(Workshop, given.workshop_id), given.enrolments[0])
    assert own is not None
    assert (own.moderation, own.moderation_reason) == (D(3), "试题偏难")


@pytest.mark.parametrize(
    ("points", "reason", "code"),
    [("10.5", "难", "moderation_limit"), ("0", "难", "no_points"), ("3", "  ", "reason_missing")],
)
def test_refuses_a_moderation(session: Session, points: str, reason: str, code: str) -> None:
    given = make_class(1)
    with pytest.raises(InvalidInput) as refused, atomic():
        moderate(given.workshop_id, D(points), reason=reason, actor=given.trainer)
    assert refused.value.code == code


def test_nothing_published_is_moderated(session: Session) -> None:
    given, _own = published_class()
    with pytest.raises(DomainError) as refused, atomic():
        moderate(given.workshop_id, D(3), reason="难", actor=given.trainer)
    assert refused.value.code == "nobody_left"


def test_a_published_mark_changes_with_a_reason_that_is_told_and_kept(session: Session) -> None:
    given, own = published_class()
    result = change(given, 0, 0, "95")
    assert (result.total, result.grade) == (D("86.00"), Grade.PASSED)
    kept = session.scalars(select(MarkChange)).one()
    assert (kept.old_value, kept.new_value, kept.reason, kept.changed_by) == (
        D(85), D(95), "复核试卷，漏计一题", given.trainer_id,
    )  # fmt: skip
    assert notices(session, own) == ["workshops.result_published", "workshops.mark_changed"]
    noted = session.scalars(
        select(AuditEntry).where(AuditEntry.action == "workshops.change_mark")
    ).one()
    assert noted.reason == "复核试卷，漏计一题"
    assert "95" not in str(noted.details)


def test_a_change_may_change_the_grade(session: Session) -> None:
    given, _own = published_class()
    change(given, 0, 0, "100")
    assert change(given, 0, 1, "50").grade is Grade.EXCELLENT


def test_with_two_markers_a_change_leaves_what_each_gave(session: Session) -> None:
    given = make_class(1, second_marking=True)
    second = make.actor_of(assign(given.workshop_id, TrainerRole.SECOND_MARKER))
    mark(given, 0, "80", "40")
    mark(given, 0, "84", "40", actor=second)
    publish(given)
    assert change(given, 0, 0, "90").total == D("84.00")
    [row] = given.book().rows
    values = {marker: cell.value for marker, cell in row.marks[given.criteria[0]].items()}
    assert values == {0: D(90), 1: D(80), 2: D(84)}


@pytest.mark.parametrize(
    ("text", "more", "code"),
    [
        ("95", {"reason": " "}, "reason_missing"),
        ("85", {}, "unchanged"),
        ("101", {}, "out_of_range"),
        ("优", {}, "not_a_number"),
        ("", {}, "mark_missing"),
    ],
)
def test_refuses_a_change(session: Session, text: str, more: dict[str, str], code: str) -> None:
    given, _own = published_class()
    with pytest.raises(InvalidInput) as refused:
        change(given, 0, 0, text, **more)
    assert refused.value.code == code
    assert result_of(session, given).total == D("82.00")


def test_a_mark_not_published_is_changed_in_the_book(session: Session) -> None:
    given = make_class(1)
    mark(given, 0, "85", "40")
    with pytest.raises(DomainError) as refused:
        change(given, 0, 0, "95")
    assert refused.value.code == "not_published"


def test_a_change_of_a_mark_changed_meanwhile_is_refused(session: Session) -> None:
    given, _own = published_class()
    change(given, 0, 0, "90", expected="85")
    with pytest.raises(StaleVersion):
        change(given, 0, 0, "95", expected="85")


def test_the_person_reads_marks_levels_and_comments(session: Session) -> None:
    given = make_class(1)
    mark(given, 0, "85", "40")
    with atomic():
        set_comment(
            given.enrolments[0],
            given.criteria[1],
            "个案讨论有条理",
            actor=given.trainer,
            workshop_id=given.workshop_id,
        )
    workshop = session.get_one(Workshop, given.workshop_id)
    assert find_own_result(workshop, given.enrolments[0]) is None
    publish(given)
    own = find_own_result(session.get_one(Workshop, given.workshop_id), given.enrolments[0])
    assert own is not None
    assert [(one.criterion.title, one.value, one.comments) for one in own.marks] == [
        ("理论", D(85), []),
        ("实操", D(40), ["个案讨论有条理"]),
    ]


def appeal(given: Class, own: Actor, reason: str = "第三题我答对了") -> int:
    with atomic():
        return make_appeal(given.workshop_id, reason=reason, actor=own).id


def answer(
    given: Class,
    appeal_id: int,
    *,
    granted: bool,
    text: str = "复核后更正",
    changes: dict[int, str] | None = None,
) -> Appeal:
    with atomic():
        return answer_appeal(
            appeal_id,
            workshop_id=given.workshop_id,
            granted=granted,
            answer=text,
            changes=changes,
            actor=given.trainer,
        )


def test_an_appeal_reaches_the_trainers_and_is_answered_with_a_change(session: Session) -> None:
    given, own = published_class()
    appeal_id = appeal(given, own)
    assert notices(session, given.trainer) == ["workshops.appeal_made"]
    answer(given, appeal_id, granted=True, changes={given.criteria[0]: "95"})
    made = session.get_one(Appeal, appeal_id)
    assert (made.state, made.answer, made.answered_by) == (
        RequestState.GRANTED,
        "复核后更正",
        given.trainer_id,
    )
    assert result_of(session, given).total == D("86.00")
    assert notices(session, own)[1:] == ["workshops.mark_changed", "workshops.appeal_answered"]


def test_an_appeal_not_granted_changes_nothing(session: Session) -> None:
    given, own = published_class()
    appeal_id = appeal(given, own)
    answer(given, appeal_id, granted=False, changes={given.criteria[0]: "95"})
    assert session.get_one(Appeal, appeal_id).state is RequestState.REFUSED
    assert result_of(session, given).total == D("82.00")


def test_granting_means_that_a_mark_changes(session: Session) -> None:
    given, own = published_class()
    appeal_id = appeal(given, own)
    with pytest.raises(InvalidInput) as refused:
        answer(given, appeal_id, granted=True)
    assert refused.value.code == "nothing_changes"


def test_an_answer_needs_a_reason(session: Session) -> None:
    given, own = published_class()
    appeal_id = appeal(given, own)
    with pytest.raises(InvalidInput) as refused:
        answer(given, appeal_id, granted=False, text=" ")
    assert refused.value.code == "reason_missing"


def test_an_appeal_is_answered_once(session: Session) -> None:
    given, own = published_class()
    appeal_id = appeal(given, own)
    answer(given, appeal_id, granted=False)
    with pytest.raises(DomainError) as refused:
        answer(given, appeal_id, granted=False)
    assert refused.value.code == "not_open"


def test_an_appeal_of_another_workshop_is_not_found(session: Session) -> None:
    given, own = published_class()
    other = make_class(1)
    appeal_id = appeal(given, own)
    with pytest.raises(NotFound):
        answer(other, appeal_id, granted=False)


def test_one_appeals_until_the_last_day_has_ended(session: Session) -> None:
    given, own = published_class(appeal_days=3)  # published on 17 August, 10:00
    workshop = session.get_one(Workshop, given.workshop_id)
    with clock.frozen(datetime(2023, 8, 20, 15, 59, tzinfo=UTC)):  # 23:59 in Shanghai
        assert read_window(workshop, given.enrolments[0]).code is None
    with clock.frozen(datetime(2023, 8, 20, 16, 0, tzinfo=UTC)):
        assert read_window(workshop, given.enrolments[0]).code == "too_late"
        with pytest.raises(DomainError) as refused:
            appeal(given, own)
    assert refused.value.code == "too_late"


def test_without_a_result_nobody_appeals(session: Session) -> None:
    given = make_class(1)
    own = give_account(given)
    with pytest.raises(DomainError) as refused:
        appeal(given, own)
    assert refused.value.code == "not_published"


def test_an_appeal_says_what_is_wrong(session: Session) -> None:
    given, own = published_class()
    with pytest.raises(InvalidInput) as refused:
        appeal(given, own, " ")
    assert refused.value.code == "reason_missing"


def test_one_appeal_at_a_time(session: Session) -> None:
    given, own = published_class()
    appeal(given, own)
    with pytest.raises(DomainError) as refused:
        appeal(given, own)
    assert refused.value.code == "already_open"


def test_two_appeals_at_once_are_one(app: Flask) -> None:
    with app.app_context():
        given, own = published_class()

    def act() -> object:
        return make_appeal(given.workshop_id, reason="第三题", actor=own)

    assert at_once(app, act, act) == ["already_open", "done"]


def test_a_withdrawn_appeal_may_be_made_again(session: Session) -> None:
    given, own = published_class()
    appeal(given, own)
    with atomic():
        withdraw_appeal(given.workshop_id, actor=own)
    appeal(given, own)


def test_nothing_open_is_nothing_to_withdraw(session: Session) -> None:
    given, own = published_class()
    with pytest.raises(DomainError) as refused, atomic():
        withdraw_appeal(given.workshop_id, actor=own)
    assert refused.value.code == "no_open_appeal"


def test_an_answer_settles_the_matter_until_a_mark_changes(session: Session) -> None:
    given, own = published_class(appeal_days=7)
    answer(given, appeal(given, own), granted=False)
    with pytest.raises(DomainError) as refused:
        appeal(given, own)
    assert refused.value.code == "already_answered"
    with clock.frozen(LATER):
        change(given, 0, 0, "70")
        workshop = session.get_one(Workshop, given.workshop_id)
        window = read_window(workshop, given.enrolments[0])
        assert (window.code, window.until) == (None, (LATER + timedelta(days=7)).date())


def test_what_granting_changed_is_settled_too(session: Session) -> None:
    given, own = published_class()
    answer(given, appeal(given, own), granted=True, changes={given.criteria[0]: "95"})
    workshop = session.get_one(Workshop, given.workshop_id)
    assert read_window(workshop, given.enrolments[0]).code == "already_answered"


def test_somebody_else_has_nothing_to_appeal_against(session: Session) -> None:
    given, _own = published_class()
    stranger = make.make_actor("teacher", make.CHUXIONG)
    with pytest.raises(NotFound):
        appeal(given, stranger)


def test_a_closed_workshop_still_answers_appeals(session: Session) -> None:
    given, own = published_class()
    appeal_id = appeal(given, own)
    with atomic():
        session.get_one(Workshop, given.workshop_id).status = WorkshopStatus.COMPLETED
    answer(given, appeal_id, granted=True, changes={given.criteria[0]: "95"})
    assert result_of(session, given).total == D("86.00")
