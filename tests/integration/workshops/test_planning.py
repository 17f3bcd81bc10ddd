"""Plan a workshop, change it, its sessions; who sees it."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError, InvalidInput, NotFound, StaleVersion
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.outbox.models import Notice
from app.domain.people.models import Commitment, Person
from app.domain.people.rules import TrainingLevel
from app.domain.workshops.models import (
    Enrolment,
    SeatPool,
    Workshop,
    WorkshopSession,
    WorkshopTrainer,
)
from app.domain.workshops.operations import planning, sessions
from app.domain.workshops.operations.sessions import SessionFacts
from app.domain.workshops.queries.clashes import list_clashes, mark_of
from app.domain.workshops.queries.workshops import (
    WorkshopFilter,
    find_workshop,
    get_planned_workshop,
    get_run_workshop,
    list_workshops,
    may_see,
)
from app.domain.workshops.rules.words import (
    Approval,
    EnrolmentStatus,
    WorkshopKind,
    WorkshopStatus,
)
from tests import factories as make
from tests.workshop_factories import enrol_one, make_session, make_workshop

FACTS: dict[str, Any] = {
    "title": "  全州  心理培训 ",
    "kind": WorkshopKind.WORKSHOP,
    "level": TrainingLevel.PREFECTURE,
}


def create(actor: Actor, capacity: int = 30, **facts: Any) -> Workshop:
    quotas = facts.pop("quotas", {})
    organiser = make.get_unit(make.CHUXIONG).id
    with atomic():
        return planning.create_workshop(
            organiser, FACTS | facts, capacity=capacity, quotas=quotas, actor=actor
        )


def edit(workshop_id: int, actor: Actor, version: int | None = None, **changes: Any) -> Workshop:
    with atomic():
        return planning.edit_workshop(workshop_id, changes, actor=actor, expected_version=version)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2023, 9, day, hour, minute, tzinfo=clock.zone())


def add(workshop_id: int, actor: Actor, day: int = 5, hours: int = 3, **more: Any) -> int:
    facts = SessionFacts(at(day, 9), at(day, 9 + hours), "州教育体育局", **more)
    with atomic():
        return sessions.add_session(workshop_id, facts, actor=actor).id


@pytest.fixture
def bureau(session: Session) -> Actor:
    return make.make_actor("bureau", make.CHUXIONG)


def told(account_id: int | None) -> list[str]:
    statement = select(Notice.kind).where(Notice.account_id == account_id).order_by(Notice.id)
    return list(db.session.scalars(statement))


def make_told_person(name: str = "李老师") -> tuple[int, int]:
    """A counselor with an account, so that notices reach them: ids of person and account."""
    school = make.make_school()
    person_id = make.make_counselor(school, name).id
    account_id = make.make_account("teacher", school).id
    with atomic():
        db.session.get_one(Person, person_id).account_id = account_id
    return person_id, account_id


def test_a_draft_has_its_seats_from_the_beginning(bureau: Actor) -> None:
    city = make.get_unit(make.CHUXIONG_CITY).id
    workshop = create(bureau, quotas={city: 12})
    assert (workshop.title, workshop.status) == ("全州 心理培训", WorkshopStatus.DRAFT)
    pools = db.session.execute(select(SeatPool.unit_id, SeatPool.seats).order_by(SeatPool.seats))
    assert [tuple(row) for row in pools] == [(city, 12), (None, 18)]


def test_nobody_plans_for_a_unit_of_others(session: Session) -> None:
    for code in (make.LINCANG, make.CHUXIONG_CITY):
        with pytest.raises(NotFound):
            create(make.make_actor("bureau" if code == make.LINCANG else "county", code))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"title": "  "}, "title_missing"),
        ({"title": "长" * 201}, "title_too_long"),
        ({"pass_bound": 95}, "bounds"),
        ({"minimum_attendance": 101}, "percentage"),
        ({"appeal_days": -1}, "appeal_days"),
        ({"credit_hours": Decimal(-1)}, "bad_hours"),
        ({"enrolment_opens_at": at(5, 9), "enrolment_closes_at": at(5, 9)}, "closes_before_opens"),
        ({"programme_id": 999}, "unknown_programme"),
    ],
)
def test_refuses_an_unsound_draft(bureau: Actor, facts: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        create(bureau, **facts)
    assert refusal.value.code == code
    assert db.session.scalars(select(Workshop.id)).all() == []


def test_an_edit_counts_only_what_differs(bureau: Actor) -> None:
    workshop = create(bureau)
    before = workshop.row_version
    same = edit(workshop.id, bureau, title="全州 心理培训", minimum_grade=0)
    assert same.row_version == before
    assert edit(workshop.id, bureau, minimum_grade=60).row_version == before + 1


def test_the_slower_of_two_edits_is_told(bureau: Actor) -> None:
    workshop = create(bureau)
    seen = workshop.row_version
    edit(workshop.id, bureau, seen, title="甲")
    with pytest.raises(StaleVersion):
        edit(workshop.id, bureau, seen, title="乙")
    assert db.session.get_one(Workshop, workshop.id).title == "甲"


@pytest.mark.parametrize("status", [WorkshopStatus.COMPLETED, WorkshopStatus.CANCELLED])
def test_what_is_over_is_not_changed(bureau: Actor, status: WorkshopStatus) -> None:
    workshop_id = make_workshop(status=status).id
    with pytest.raises(DomainError) as refusal:
        edit(workshop_id, bureau, title="改")
    assert refusal.value.code == "workshop_over"
    with pytest.raises(DomainError) as refusal:
        add(workshop_id, bureau)
    assert refusal.value.code == "workshop_over"


def test_the_approval_stays_once_somebody_applied(bureau: Actor) -> None:
    workshop = make_workshop(approval=Approval.SCHOOL)
    workshop_id = workshop.id
    enrol_one(workshop, make.make_counselor(make.make_school()))
    with pytest.raises(DomainError) as refusal:
        edit(workshop_id, bureau, approval=Approval.NONE)
    assert refusal.value.code == "approval_in_use"


def test_grading_stays_once_grades_are_published(bureau: Actor) -> None:
    workshop_id = make_workshop(grades_published_at=clock.now()).id
    with pytest.raises(DomainError) as refusal:
        edit(workshop_id, bureau, pass_bound=50)
    assert refusal.value.code == "grades_published"


def test_a_release_that_was_done_is_not_moved(bureau: Actor) -> None:
    workshop_id = make_workshop(quotas_released_at=clock.now()).id
    with pytest.raises(DomainError) as refusal:
        edit(workshop_id, bureau, quota_release_at=clock.now())
    assert refusal.value.code == "quotas_released"


def test_moving_the_release_to_now_gives_the_seats_on_at_once(bureau: Actor) -> None:
    workshop = make_workshop(1, {make.LUFENG: 1}, quota_release_at=clock.now() + timedelta(days=2))
    workshop_id = workshop.id
    person_id, account_id = make_told_person()
    enrol_one(workshop, db.session.get_one(Person, person_id))
    edit(workshop_id, bureau, quota_release_at=clock.now())
    assert told(account_id) == ["workshops.waitlisted", "workshops.promoted"]


def test_a_new_title_stands_in_the_calendar_of_who_is_in_it(bureau: Actor) -> None:
    workshop = make_workshop()
    make_session(workshop, at(5, 9))
    enrol_one(workshop, make.make_counselor(make.make_school()))
    edit(workshop.id, bureau, title="新名称")
    assert db.session.scalars(select(Commitment.title)).all() == ["新名称"]


@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (at(5, 12), at(5, 9), "ends_before_starts"),
        (at(5, 9), at(6, 9), "too_long"),
        (at(5, 11), at(5, 13), "sessions_overlap"),
    ],
)
def test_refuses_a_session_that_cannot_be(
    bureau: Actor, start: datetime, end: datetime, code: str
) -> None:
    workshop_id = create(bureau).id
    add(workshop_id, bureau)
    with pytest.raises(DomainError) as refusal, atomic():
        sessions.add_session(workshop_id, SessionFacts(start, end), actor=bureau)
    assert refusal.value.code == code


def test_sessions_may_touch(bureau: Actor) -> None:
    workshop_id = create(bureau).id
    add(workshop_id, bureau)
    with atomic():
        sessions.add_session(workshop_id, SessionFacts(at(5, 12), at(5, 13)), actor=bureau)
    assert len(db.session.scalars(select(WorkshopSession.id)).all()) == 2


def test_half_a_place_is_refused(bureau: Actor) -> None:
    workshop_id = create(bureau).id
    with pytest.raises(InvalidInput) as refusal:
        add(workshop_id, bureau, latitude=25.0)
    assert refusal.value.code == "half_a_place"


def test_a_make_up_session_names_a_session_of_its_workshop(bureau: Actor) -> None:
    other = add(create(bureau).id, bureau)
    workshop_id = create(bureau).id
    own = add(workshop_id, bureau)
    with pytest.raises(InvalidInput) as refusal:
        add(workshop_id, bureau, day=6, makes_up_for_id=other)
    assert refusal.value.code == "unknown_session"
    assert add(workshop_id, bureau, day=6, makes_up_for_id=own)


def test_a_make_up_session_binds_nobody(bureau: Actor) -> None:
    workshop = make_workshop()
    workshop_id = workshop.id
    own = add(workshop_id, bureau)
    enrol_one(db.session.get_one(Workshop, workshop_id), make.make_counselor(make.make_school()))
    add(workshop_id, bureau, day=6, makes_up_for_id=own)
    assert db.session.scalars(select(Commitment.part_id)).all() == [own]


def test_a_moved_session_is_told_to_who_holds_a_seat_and_binds_them_anew(bureau: Actor) -> None:
    workshop = make_workshop(1)
    workshop_id = workshop.id
    moved = add(workshop_id, bureau)
    (seated, seated_account), (waiting, waiting_account) = (
        make_told_person("甲"),
        make_told_person("乙"),
    )
    for person_id in (seated, waiting):
        enrol_one(db.session.get_one(Workshop, workshop_id), db.session.get_one(Person, person_id))
    with atomic():
        facts = SessionFacts(at(7, 9), at(7, 12), "楚雄一中")
        sessions.change_session(moved, facts, actor=bureau)
    assert told(seated_account) == ["workshops.confirmed", "workshops.changed"]
    assert told(waiting_account) == ["workshops.waitlisted"]
    bound = db.session.execute(select(Commitment.person_id, Commitment.starts_at)).all()
    assert [tuple(row) for row in bound] == [(seated, at(7, 9))]


def seat_in_two(bureau: Actor) -> tuple[int, int, int, int]:
    """Two on the seats of a workshop with a session on the 5th; the first is bound on the 7th by another workshop.

    Ids of the workshop, its session, and the accounts of who is bound and of who is free.
    """
    workshop_id, other_id = make_workshop(2).id, make_workshop(2, title="沙盘游戏培训").id
    session_id = add(workshop_id, bureau)
    add(other_id, bureau, day=7)
    (bound, bound_account), (free, free_account) = make_told_person("甲"), make_told_person("乙")
    for of_workshop, person_id in ((workshop_id, bound), (workshop_id, free), (other_id, bound)):
        enrol_one(db.session.get_one(Workshop, of_workshop), db.session.get_one(Person, person_id))
    return workshop_id, session_id, bound_account, free_account


def test_who_is_bound_elsewhere_at_a_new_time_is_shown_before_and_told_after(bureau: Actor) -> None:
    workshop_id, moved, bound_account, free_account = seat_in_two(bureau)
    facts = SessionFacts(at(7, 10), at(7, 13), "楚雄一中")
    with pytest.raises(DomainError) as refusal, atomic():
        sessions.change_session(moved, facts, actor=bureau, seen_clashes="")
    assert (refusal.value.code, refusal.value.field) == ("people_bound", "starts_at")
    assert db.session.get_one(WorkshopSession, moved).starts_at == at(5, 9)
    clashes = list_clashes(workshop_id, facts.starts_at, facts.ends_at)
    assert [(one.name, one.bound.title, one.when) for one in clashes] == [
        ("甲", "沙盘游戏培训", "2023-09-07 09:00–12:00")
    ]
    with atomic():
        sessions.change_session(moved, facts, actor=bureau, seen_clashes=mark_of(clashes))
    assert told(bound_account)[-1] == "workshops.changed_clash"
    assert told(free_account)[-1] == "workshops.changed"
    notice = db.session.scalars(
        select(Notice).where(Notice.kind == "workshops.changed_clash")
    ).one()
    assert notice.parameters["bound"] == "“沙盘游戏培训” 2023-09-07 09:00–12:00"
    seated = db.session.scalars(
        select(Enrolment.status).where(Enrolment.workshop_id == workshop_id)
    ).all()
    assert seated == [EnrolmentStatus.CONFIRMED] * 2


def test_one_more_session_asks_about_who_is_bound_elsewhere(bureau: Actor) -> None:
    workshop_id, _session, bound_account, free_account = seat_in_two(bureau)
    facts = SessionFacts(at(7, 11), at(7, 14))
    with pytest.raises(DomainError) as refusal, atomic():
        sessions.add_session(workshop_id, facts, actor=bureau, seen_clashes="of other people")
    assert refusal.value.code == "people_bound"
    with atomic():  # a program is not asked
        sessions.add_session(workshop_id, facts, actor=bureau)
    assert (told(bound_account)[-1], told(free_account)[-1]) == (
        "workshops.changed_clash",
        "workshops.changed",
    )


def test_nobody_is_asked_about_touching_times_make_ups_or_another_place(bureau: Actor) -> None:
    workshop_id, own, bound_account, _free = seat_in_two(bureau)
    with atomic():
        touching = sessions.add_session(
            workshop_id, SessionFacts(at(7, 12), at(7, 13)), actor=bureau, seen_clashes=""
        ).id
    with atomic():
        sessions.add_session(
            workshop_id,
            SessionFacts(at(7, 9), at(7, 10), makes_up_for_id=own),
            actor=bureau,
            seen_clashes="",
        )
    with atomic():
        sessions.change_session(
            touching, SessionFacts(at(7, 12), at(7, 13), "别处"), actor=bureau, seen_clashes=""
        )
    assert "workshops.changed_clash" not in told(bound_account)


def test_a_placement_binds_for_whole_days(bureau: Actor) -> None:
    workshop_id, moved, bound_account, _free = seat_in_two(bureau)
    person_id = db.session.scalars(
        select(Person.id).where(Person.account_id == bound_account)
    ).one()
    make.save(
        Commitment(
            person_id=person_id,
            source="placement",
            source_id=1,
            title="跟岗：临沧一中",
            starts_at=at(11, 0),
            ends_at=at(21, 0),
        )
    )
    clashes = list_clashes(workshop_id, at(12, 9), at(12, 12))
    assert [(one.bound.title, one.when) for one in clashes] == [
        ("跟岗：临沧一中", "2023-09-11 – 2023-09-20")
    ]
    with atomic():
        facts = SessionFacts(at(12, 9), at(12, 12))
        sessions.change_session(moved, facts, actor=bureau, seen_clashes=mark_of(clashes))
    assert told(bound_account)[-1] == "workshops.changed_clash"


def test_a_make_up_session_that_becomes_a_regular_one_binds(bureau: Actor) -> None:
    workshop_id, own, _bound, _free = seat_in_two(bureau)
    make_up = add(workshop_id, bureau, day=6, makes_up_for_id=own)
    with atomic():
        sessions.change_session(
            make_up, SessionFacts(at(6, 9), at(6, 12), "州教育体育局"), actor=bureau
        )
    bound = select(Commitment.id).where(Commitment.part_id == make_up)
    assert len(db.session.scalars(bound).all()) == 2


def test_a_new_topic_is_told_to_nobody(bureau: Actor) -> None:
    workshop_id = make_workshop().id
    own = add(workshop_id, bureau)
    person_id, account_id = make_told_person()
    enrol_one(db.session.get_one(Workshop, workshop_id), db.session.get_one(Person, person_id))
    with atomic():
        facts = SessionFacts(at(5, 9), at(5, 12), "州教育体育局", "团体辅导")
        sessions.change_session(own, facts, actor=bureau)
    assert told(account_id) == ["workshops.confirmed"]


def test_the_hours_people_count_on_stay(bureau: Actor) -> None:
    workshop_id = make_workshop().id
    own = add(workshop_id, bureau)
    edit(workshop_id, bureau, credit_hours=Decimal(4))
    with pytest.raises(InvalidInput) as refusal, atomic():
        sessions.change_session(own, SessionFacts(at(5, 9), at(5, 11)), actor=bureau)
    assert refusal.value.code == "hours_above_sessions"


def test_hours_above_the_sessions_are_refused(bureau: Actor) -> None:
    workshop_id = create(bureau).id
    add(workshop_id, bureau)
    with pytest.raises(InvalidInput) as refusal:
        edit(workshop_id, bureau, credit_hours=Decimal("4.1"))
    assert refusal.value.code == "hours_above_sessions"


def test_a_cancelled_session_is_told_with_its_reason(bureau: Actor) -> None:
    workshop_id = make_workshop().id
    own = add(workshop_id, bureau)
    person_id, account_id = make_told_person()
    enrol_one(db.session.get_one(Workshop, workshop_id), db.session.get_one(Person, person_id))
    with pytest.raises(InvalidInput) as refusal, atomic():
        sessions.cancel_session(own, actor=bureau, reason=" ")
    assert refusal.value.code == "reason_missing"
    with atomic():
        sessions.cancel_session(own, actor=bureau, reason="专家生病")
    assert told(account_id)[-1] == "workshops.session_cancelled"
    assert db.session.scalars(select(Commitment.id)).all() == []
    with pytest.raises(DomainError) as again, atomic():
        sessions.cancel_session(own, actor=bureau, reason="再来")
    assert again.value.code == "session_cancelled"


def test_a_session_of_a_draft_is_removed(bureau: Actor) -> None:
    own = add(create(bureau).id, bureau)
    with atomic():
        sessions.cancel_session(own, actor=bureau, reason="")
    assert db.session.scalars(select(WorkshopSession.id)).all() == []


def test_every_change_of_a_part_raises_the_version(bureau: Actor) -> None:
    workshop = create(bureau)
    before = workshop.row_version
    add(workshop.id, bureau)
    assert db.session.get_one(Workshop, workshop.id).row_version == before + 1


def actors() -> dict[str, Actor]:
    school = make.make_school(make.LUFENG)
    return {
        "bureau": make.make_actor("bureau", make.CHUXIONG),
        "county": make.make_actor("county", make.LUFENG),
        "other county": make.make_actor("county", make.CHUXIONG_CITY),
        "school": make.make_actor("school", school),
        "teacher": make.make_actor("teacher", school),
        "trainer": make.make_actor("trainer", make.CHUXIONG),
        "elsewhere": make.make_actor("bureau", make.LINCANG),
        "auditor": make.make_actor("auditor", make.CHUXIONG),
    }


SEEN = [
    ({"status": WorkshopStatus.DRAFT}, {"bureau"}),
    ({}, {"bureau", "county", "other county", "school", "teacher"}),
    ({"organiser": make.LUFENG}, {"bureau", "county", "school", "teacher"}),
    ({"organiser": make.LUFENG, "status": WorkshopStatus.DRAFT}, {"bureau", "county"}),
    ({"eligible": make.CHUXIONG_CITY}, {"bureau", "other county"}),
    ({"organiser": make.LINCANG}, {"elsewhere"}),
    (
        {"organiser": make.LINCANG, "eligible": make.LUFENG},
        {"bureau", "county", "school", "teacher", "elsewhere"},
    ),
]


@pytest.mark.parametrize(("facts", "seen_by"), SEEN)
def test_who_sees_a_workshop(session: Session, facts: dict[str, Any], seen_by: set[str]) -> None:
    columns = dict(facts)
    organiser, eligible = columns.pop("organiser", make.CHUXIONG), columns.pop("eligible", None)
    workshop_id = make_workshop(
        organiser_id=make.get_unit(organiser).id,
        eligible_unit_id=make.get_unit(eligible).id if eligible else None,
        **columns,
    ).id
    everybody = actors()
    found = {name for name, actor in everybody.items() if find_workshop(workshop_id, actor=actor)}
    listed = {
        name
        for name, actor in everybody.items()
        if list_workshops(actor, WorkshopFilter()).total == 1
    }
    assert (found, listed) == (seen_by, seen_by)


def test_who_is_in_it_sees_it_wherever_it_is(session: Session) -> None:
    workshop = make_workshop(organiser_id=make.get_unit(make.LINCANG).id)
    workshop_id = workshop.id
    person_id, account_id = make_told_person()
    enrol_one(workshop, db.session.get_one(Person, person_id))
    from_account = make.actor_of(db.session.get_one(Account, account_id))
    neighbour = make.make_actor("teacher", make.get_unit(from_account.unit_code))
    workshop = db.session.get_one(Workshop, workshop_id)
    assert may_see(workshop, from_account)
    assert not may_see(workshop, neighbour)
    assert may_see(workshop, make.make_actor("school", make.get_unit(from_account.unit_code)))


def test_a_trainer_sees_and_runs_only_what_they_are_assigned_to(session: Session) -> None:
    own_id, other_id = make_workshop(status=WorkshopStatus.DRAFT).id, make_workshop().id
    trainer = make.make_actor("trainer", make.CHUXIONG)
    make.save(WorkshopTrainer(workshop_id=own_id, account_id=trainer.account_id))
    assert get_run_workshop(own_id, actor=trainer).id == own_id
    with pytest.raises(NotFound):
        get_planned_workshop(own_id, actor=trainer)
    assert find_workshop(other_id, actor=trainer) is None


def test_who_sees_a_workshop_does_not_plan_or_run_it(session: Session) -> None:
    workshop_id = make_workshop().id
    county = make.make_actor("county", make.LUFENG)
    for get in (get_planned_workshop, get_run_workshop):
        with pytest.raises(NotFound):
            get(workshop_id, actor=county)


def test_narrows_the_list(bureau: Actor) -> None:
    first = make_workshop(title="骨干培训")
    make_session(first, at(5, 9))
    second_id = make_workshop(
        title="专题讲座",
        kind=WorkshopKind.LECTURE,
        level=TrainingLevel.COUNTY,
        status=WorkshopStatus.RUNNING,
        organiser_id=make.get_unit(make.LUFENG).id,
    ).id
    second = db.session.get_one(Workshop, second_id)
    make_session(second, datetime(2022, 12, 31, 23, 59, tzinfo=clock.zone()), hours=1)

    def ids(**wanted: Any) -> list[int]:
        return [row.id for row in list_workshops(bureau, WorkshopFilter(**wanted)).items]

    assert ids() == [second_id, first.id]
    for wanted in (
        {"q": "讲座"},
        {"kind": WorkshopKind.LECTURE},
        {"level": TrainingLevel.COUNTY},
        {"status": WorkshopStatus.RUNNING},
        {"year": 2022},
        {"unit_path": make.get_unit(make.LUFENG).path},
    ):
        assert ids(**wanted) == [second_id], wanted
    assert ids(year=2023) == [first.id]
    assert ids(q="%") == []


def test_the_list_counts_seats_and_the_line(bureau: Actor) -> None:
    workshop = make_workshop(1)
    workshop_id = workshop.id
    for name in "甲乙丙":
        person = make.make_counselor(make.make_school(), name)
        enrol_one(db.session.get_one(Workshop, workshop_id), person)
    row = list_workshops(bureau, WorkshopFilter()).items[0]
    assert (row.taken, row.capacity, row.waiting) == (1, 1, 2)
