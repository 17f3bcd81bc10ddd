"""From draft to running or cancelled; the next cohort; trainers, files, programmes; what time does by itself."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.core import clock, files
from app.core.db import atomic, db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.file_types import FileType
from app.core.uploads import check_file
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.outbox.models import Notice
from app.domain.people.models import Commitment, Person
from app.domain.people.rules import TrainingLevel
from app.domain.workshops.models import (
    Attachment,
    Criterion,
    Enrolment,
    FeedbackReceipt,
    SeatPool,
    Workshop,
    WorkshopSession,
    WorkshopTrainer,
)
from app.domain.workshops.operations import attachments, copying, programmes, standing, trainers
from app.domain.workshops.operations.capacity import audit_seats
from app.domain.workshops.operations.guide import set_guide
from app.domain.workshops.operations.looking_after import look_after_workshops
from app.domain.workshops.operations.programmes import ProgrammeFacts
from app.domain.workshops.queries.overview import list_attachments
from app.domain.workshops.queries.own import FEEDBACK_DAYS
from app.domain.workshops.queries.programmes import list_programmes
from app.domain.workshops.rules.planning import GuideItem
from app.domain.workshops.rules.words import EnrolmentStatus, TrainerRole, WorkshopStatus
from tests import factories as make
from tests.concurrency import at_once
from tests.workshop_factories import enrol_one, make_session, make_workshop


@pytest.fixture
def bureau(session: Session) -> Actor:
    return make.make_actor("bureau", make.CHUXIONG)


def at(day: int, hour: int) -> datetime:
    return datetime(2023, 9, day, hour, tzinfo=clock.zone())


def enrolled(workshop_id: int, name: str = "李老师") -> tuple[int, int]:
    """Enrol a counselor with an account: ids of enrolment and account."""
    school = make.make_school()
    person_id = make.make_counselor(school, name).id
    account_id = make.make_account("teacher", school).id
    with atomic():
        db.session.get_one(Person, person_id).account_id = account_id
    workshop = db.session.get_one(Workshop, workshop_id)
    outcome = enrol_one(workshop, db.session.get_one(Person, person_id))
    return outcome.enrolment.id, account_id


def looked_after(moment: datetime) -> None:
    db.session.rollback()
    with clock.frozen(moment):
        look_after_workshops()


def told(account_id: int) -> list[str]:
    statement = select(Notice.kind).where(Notice.account_id == account_id).order_by(Notice.id)
    return list(db.session.scalars(statement))


def status_of(workshop_id: int) -> WorkshopStatus:
    return db.session.get_one(Workshop, workshop_id, populate_existing=True).status


def publish(workshop_id: int, actor: Actor) -> None:
    with atomic():
        standing.publish(workshop_id, actor=actor)


def test_publishing_says_all_that_is_missing(bureau: Actor) -> None:
    workshop_id = make_workshop(
        status=WorkshopStatus.DRAFT, credit_hours=Decimal(4), minimum_grade=60
    ).id
    with pytest.raises(DomainError) as refusal:
        publish(workshop_id, bureau)
    assert refusal.value.code == "not_ready"
    assert refusal.value.details["missing"] == ["no_session", "grade_without_guide"]
    assert status_of(workshop_id) is WorkshopStatus.DRAFT


def test_a_sound_draft_is_published_once(bureau: Actor) -> None:
    workshop_id = make_workshop(status=WorkshopStatus.DRAFT).id
    publish(workshop_id, bureau)
    assert status_of(workshop_id) is WorkshopStatus.PUBLISHED
    with pytest.raises(DomainError) as refusal:
        publish(workshop_id, bureau)
    assert refusal.value.code == "not_draft"


def test_a_county_publishes_nothing_of_the_prefecture(session: Session) -> None:
    workshop_id = make_workshop(status=WorkshopStatus.DRAFT).id
    with pytest.raises(NotFound):
        publish(workshop_id, make.make_actor("county", make.LUFENG))


def test_a_trainer_may_say_that_it_begins(session: Session) -> None:
    workshop_id = make_workshop().id
    trainer = make.make_actor("trainer", make.CHUXIONG)
    make.save(WorkshopTrainer(workshop_id=workshop_id, account_id=trainer.account_id))
    with atomic():
        standing.start(workshop_id, actor=trainer)
    assert status_of(workshop_id) is WorkshopStatus.RUNNING
    with pytest.raises(DomainError) as refusal, atomic():
        standing.start(workshop_id, actor=trainer)
    assert refusal.value.code == "not_published"


def test_cancelling_frees_everybody_and_tells_them_why(bureau: Actor) -> None:
    workshop = make_workshop(1)
    workshop_id = workshop.id
    make_session(workshop, at(5, 9))
    accounts = [enrolled(workshop_id, name)[1] for name in "甲乙"]
    with pytest.raises(InvalidInput) as refusal, atomic():
        standing.cancel(workshop_id, actor=bureau, reason="  ")
    assert refusal.value.code == "reason_missing"
    with atomic():
        assert standing.cancel(workshop_id, actor=bureau, reason="场地停电") == 2
    assert status_of(workshop_id) is WorkshopStatus.CANCELLED
    assert [told(account_id)[-1] for account_id in accounts] == ["workshops.cancelled"] * 2
    statuses = db.session.execute(select(Enrolment.status, Enrolment.pool_id)).all()
    assert [tuple(row) for row in statuses] == [(EnrolmentStatus.CANCELLED, None)] * 2
    assert db.session.scalars(select(SeatPool.taken)).all() == [0]
    assert db.session.scalars(select(Commitment.id)).all() == []
    assert audit_seats(db.session.get_one(Workshop, workshop_id)).is_sound
    with pytest.raises(DomainError) as again, atomic():
        standing.cancel(workshop_id, actor=bureau, reason="再来")
    assert again.value.code == "workshop_over"


def copied(workshop_id: int, actor: Actor, **more: Any) -> int:
    with atomic():
        return copying.copy_workshop(workshop_id, actor=actor, **more).id


def plan_first_cohort(bureau: Actor) -> int:
    trainer = make.make_account("trainer", make.CHUXIONG).id
    workshop = make_workshop(
        30,
        {make.LUFENG: 10},
        cohort="第1期",
        enrolment_opens_at=at(1, 8) - timedelta(days=31),
        enrolment_closes_at=at(3, 18),
        minimum_grade=60,
    )
    workshop_id = workshop.id
    make_session(workshop, at(5, 9))
    make_session(db.session.get_one(Workshop, workshop_id), at(6, 9))
    with atomic():
        set_guide(workshop_id, [GuideItem("理论", Decimal(100), Decimal(50))], actor=bureau)
        trainers.assign_trainer(workshop_id, trainer, TrainerRole.LEAD, actor=bureau)
    enrolled(workshop_id)
    return workshop_id


def test_the_next_cohort_has_everything_but_people_and_dates(bureau: Actor) -> None:
    source_id = plan_first_cohort(bureau)
    copy = db.session.get_one(Workshop, copied(source_id, bureau))
    assert (copy.cohort, copy.status, copy.capacity, copy.minimum_grade, copy.copied_from_id) == (
        "第2期",
        WorkshopStatus.DRAFT,
        30,
        60,
        source_id,
    )
    assert (copy.enrolment_opens_at, copy.enrolment_closes_at, copy.sessions) == (None, None, [])
    assert [trainer.role for trainer in copy.trainers] == [TrainerRole.LEAD]
    pools = select(SeatPool.seats, SeatPool.taken).where(SeatPool.workshop_id == copy.id)
    assert sorted(tuple(row) for row in db.session.execute(pools)) == [(10, 0), (20, 0)]
    titles = select(Criterion.title, Criterion.maximum).where(Criterion.workshop_id == copy.id)
    assert [tuple(row) for row in db.session.execute(titles)] == [("理论", Decimal(50))]
    of_copy = select(Enrolment.id).where(Enrolment.workshop_id == copy.id)
    assert db.session.scalars(of_copy).all() == []


def test_the_next_cohort_moves_all_dates_alike(bureau: Actor) -> None:
    source_id = plan_first_cohort(bureau)
    copy_id = copied(source_id, bureau, begins_on=date(2023, 9, 12), cohort="秋季班")
    copy = db.session.get_one(Workshop, copy_id)
    assert copy.cohort == "秋季班"
    assert copy.enrolment_opens_at == at(8, 8) - timedelta(days=31)
    assert copy.enrolment_closes_at == at(10, 18)
    assert [session.starts_at for session in copy.sessions] == [at(12, 9), at(13, 9)]


def hand_out(workshop_id: int, actor: Actor, data: bytes = b"%PDF-1.7 x") -> str:
    key = files.store(data)
    with atomic():
        attachments.add_attachment(
            workshop_id,
            file_key=key,
            name="培训通知.pdf",
            kind=FileType("pdf", "application/pdf"),
            size=len(data),
            actor=actor,
        )
    return key


def take_back(workshop_id: int, actor: Actor) -> None:
    found = select(Attachment.id).where(Attachment.workshop_id == workshop_id)
    with atomic():
        _workshop, key = attachments.remove_attachment(db.session.scalars(found).one(), actor=actor)
    attachments.discard(key)


def files_of(workshop_id: int) -> list[str]:
    return [kept.file_name for kept in list_attachments(workshop_id)]


def test_the_next_cohort_hands_out_the_same_files_or_none(bureau: Actor) -> None:
    source_id = plan_first_cohort(bureau)
    hand_out(source_id, bureau)
    assert files_of(copied(source_id, bureau)) == ["培训通知.pdf"]
    assert files_of(copied(source_id, bureau, with_files=False)) == []


def test_a_file_stays_for_the_copy_and_goes_with_the_last(bureau: Actor) -> None:
    source_id = plan_first_cohort(bureau)
    key = hand_out(source_id, bureau)
    copy_id = copied(source_id, bureau)
    take_back(source_id, bureau)
    assert (files_of(source_id), files.load(key)) == ([], b"%PDF-1.7 x")
    take_back(copy_id, bureau)
    with pytest.raises(NotFound):
        files.load(key)


def test_dates_cannot_move_without_sessions(bureau: Actor) -> None:
    workshop_id = make_workshop().id
    with pytest.raises(InvalidInput) as refusal:
        copied(workshop_id, bureau, begins_on=date(2023, 10, 1))
    assert refusal.value.code == "no_session"


def assign(workshop_id: int, account_id: int, actor: Actor, **more: Any) -> int:
    with atomic():
        return trainers.assign_trainer(
            workshop_id, account_id, TrainerRole.TRAINER, actor=actor, **more
        ).id


def test_an_assigned_trainer_is_told_and_can_be_removed(bureau: Actor) -> None:
    workshop_id = make_workshop().id
    account_id = make.make_account("trainer", make.LUFENG).id
    trainer_id = assign(workshop_id, account_id, bureau)
    assert told(account_id) == ["workshops.assigned"]
    with pytest.raises(DomainError) as refusal:
        assign(workshop_id, account_id, bureau)
    assert refusal.value.code == "assigned_already"
    with atomic():
        trainers.remove_trainer(trainer_id, actor=bureau)
    assert db.session.scalars(select(WorkshopTrainer.id)).all() == []


@pytest.mark.parametrize(
    ("role", "unit", "until"),
    [
        ("teacher", make.CHUXIONG, None),
        ("trainer", make.LINCANG, None),
        ("trainer", make.CHUXIONG, date(2023, 8, 16)),
    ],
)
def test_only_a_trainer_of_today_within_the_unit_is_assigned(
    bureau: Actor, role: str, unit: str, until: date | None
) -> None:
    workshop_id = make_workshop().id
    account_id = make.make_account(role, unit, valid_until=until).id
    with pytest.raises(InvalidInput) as refusal:
        assign(workshop_id, account_id, bureau)
    assert refusal.value.code == "no_trainer"


def test_a_trainer_is_not_assigned_to_a_session_of_another_workshop(bureau: Actor) -> None:
    other = make_session(make_workshop(), at(5, 9)).id
    workshop_id = make_workshop().id
    account_id = make.make_account("trainer", make.CHUXIONG).id
    with pytest.raises(InvalidInput) as refusal:
        assign(workshop_id, account_id, bureau, session_id=other)
    assert refusal.value.code == "unknown_session"


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.pdf", "empty_file"),
        (b"MZ\x90\0", "setup.exe", "file_type"),
        (b"%PDF-" + b"0" * (50 * 1024 * 1024), "a.pdf", "file_too_large"),
    ],
)
def test_refuses_files_that_are_not_taken(data: bytes, name: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        check_file(data, name)
    assert refusal.value.code == code


def attach(workshop_id: int, actor: Actor) -> int:
    kind = check_file(b"%PDF-1.7", "通知.pdf")
    with atomic():
        return attachments.add_attachment(
            workshop_id, file_key="a" * 32, name="../通知.pdf", kind=kind, size=8, actor=actor
        ).id


def test_a_workshop_has_twenty_files_at_most(bureau: Actor) -> None:
    workshop_id = make_workshop().id
    last = [attach(workshop_id, bureau) for _number in range(20)][-1]
    with pytest.raises(DomainError) as refusal:
        attach(workshop_id, bureau)
    assert refusal.value.code == "too_many_files"
    with atomic():
        assert attachments.remove_attachment(last, actor=bureau) == (workshop_id, "a" * 32)
    assert attach(workshop_id, bureau)


PLAN = ProgrammeFacts(2023, "骨干教师培训", TrainingLevel.PREFECTURE, ("counselors",), 3, 150)


def planned(actor: Actor, facts: ProgrammeFacts = PLAN) -> int:
    unit_id = make.get_unit(make.CHUXIONG).id
    with atomic():
        return programmes.create_programme(unit_id, facts, actor=actor).id


def test_a_programme_counts_what_was_held_and_who_took_part(bureau: Actor) -> None:
    programme_id = planned(bureau)
    running = make_workshop(programme_id=programme_id, status=WorkshopStatus.RUNNING).id
    make_workshop(programme_id=programme_id, status=WorkshopStatus.CANCELLED)
    enrolled(running, "甲")
    row = list_programmes(bureau.unit_path).items[0]
    assert (row.planned_workshops, row.workshops, row.held, row.people, row.completed) == (
        3, 1, 1, 1, 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (ProgrammeFacts(1999, "甲", TrainingLevel.COUNTY), "bad_year"),
        (ProgrammeFacts(2023, " ", TrainingLevel.COUNTY), "title_missing"),
        (ProgrammeFacts(2023, "甲", TrainingLevel.COUNTY, planned_people=-1), "bad_number"),
        (PLAN, "title_taken"),
    ],
)
def test_refuses_an_unsound_programme(bureau: Actor, facts: ProgrammeFacts, code: str) -> None:
    planned(bureau)
    with pytest.raises(DomainError) as refusal:
        planned(bureau, facts)
    assert refusal.value.code == code


def test_a_programme_with_workshops_stays(bureau: Actor) -> None:
    programme_id = planned(bureau)
    workshop_id = make_workshop(programme_id=programme_id).id
    with pytest.raises(DomainError) as refusal, atomic():
        programmes.remove_programme(programme_id, actor=bureau)
    assert refusal.value.code == "has_workshops"
    with atomic():
        db.session.get_one(Workshop, workshop_id).programme_id = None
    with atomic():
        programmes.remove_programme(programme_id, actor=bureau)
    assert list_programmes(bureau.unit_path).total == 0


def test_a_programme_of_others_is_not_there(session: Session) -> None:
    programme_id = planned(make.make_actor("bureau", make.CHUXIONG))
    elsewhere = make.make_actor("bureau", make.LINCANG)
    with pytest.raises(NotFound), atomic():
        programmes.remove_programme(programme_id, actor=elsewhere)


def test_time_releases_quotas_begins_workshops_and_reminds_once(session: Session) -> None:
    soon = clock.now() + timedelta(minutes=10)
    released_id = make_workshop(1, {make.LUFENG: 1}, quota_release_at=soon).id
    _enrolment, waiting = enrolled(released_id, "甲")
    begun = make_workshop()
    begun_id = begun.id
    make_session(begun, clock.now())
    tomorrow = make_workshop()
    tomorrow_id = tomorrow.id
    make_session(tomorrow, clock.now() + timedelta(days=1))
    _enrolment, coming = enrolled(tomorrow_id, "乙")
    db.session.rollback()
    with clock.frozen(soon):
        assert look_after_workshops() == 3
    assert told(waiting) == ["workshops.waitlisted", "workshops.promoted"]
    assert status_of(begun_id) is WorkshopStatus.RUNNING
    assert status_of(tomorrow_id) is WorkshopStatus.PUBLISHED
    assert told(coming) == ["workshops.confirmed", "workshops.reminder"]
    db.session.rollback()
    with clock.frozen(soon):
        assert look_after_workshops() == 0
    assert told(coming) == ["workshops.confirmed", "workshops.reminder"]


def test_nobody_is_reminded_at_night_or_two_days_before(session: Session) -> None:
    workshop = make_workshop()
    make_session(workshop, clock.now() + timedelta(days=2))
    enrolled(workshop.id)
    db.session.rollback()
    assert look_after_workshops() == 0
    with clock.frozen(datetime(2023, 8, 18, 7, 59, tzinfo=clock.zone())):
        assert look_after_workshops() == 0
    with clock.frozen(datetime(2023, 8, 18, 8, 0, tzinfo=clock.zone())):
        assert look_after_workshops() == 1


def test_a_workshop_whose_first_session_was_cancelled_has_not_begun(session: Session) -> None:
    workshop = make_workshop()
    workshop_id = workshop.id
    session_id = make_session(workshop, clock.now()).id
    with atomic():
        db.session.get_one(WorkshopSession, session_id).cancelled_at = clock.now()
    assert look_after_workshops() == 0
    assert status_of(workshop_id) is WorkshopStatus.PUBLISHED


def test_who_took_part_is_asked_once_what_they_thought_of_it(session: Session) -> None:
    workshop, other = make_workshop(2), make_workshop(2)
    workshop_id, other_id = workshop.id, other.id
    make_session(workshop, at(5, 9))
    make_session(db.session.merge(workshop), at(5, 14))
    make_session(db.session.merge(other), at(6, 14))
    (given, done), (_enrolment, asked) = enrolled(workshop_id, "甲"), enrolled(workshop_id, "乙")
    _later, not_yet = enrolled(other_id, "丙")
    _waiting, in_line = enrolled(workshop_id, "丁")
    make.save(
        FeedbackReceipt(workshop_id=workshop_id, enrolment_id=given, given_on=date(2023, 9, 5))
    )
    looked_after(at(5, 13))
    assert "workshops.feedback_open" not in told(asked), "the afternoon is still to come"
    looked_after(at(5, 18))
    looked_after(at(5, 19))
    looked_after(at(6, 8))
    assert told(asked).count("workshops.feedback_open") == 1
    for account_id in (done, not_yet, in_line):
        assert "workshops.feedback_open" not in told(account_id)
    notice = db.session.scalars(
        select(Notice).where(Notice.kind == "workshops.feedback_open")
    ).one()
    assert (notice.link, notice.parameters["title"]) == (
        f"/workshops/{workshop_id}/feedback",
        "心理健康教育骨干教师培训",
    )
    looked_after(at(6, 18))
    assert told(not_yet).count("workshops.feedback_open") == 1


def test_two_workers_at_once_ask_once(app: Flask, session: Session) -> None:
    workshop = make_workshop(2)
    make_session(workshop, clock.now() - timedelta(days=1))
    accounts = [enrolled(workshop.id, name)[1] for name in ("甲", "乙")]
    db.session.rollback()
    look_after_workshops()  # it has begun
    db.session.execute(delete(Notice))
    db.session.commit()
    assert at_once(app, look_after_workshops, look_after_workshops) == ["done", "done"]
    assert [told(one).count("workshops.feedback_open") for one in accounts] == [1, 1]


def test_nobody_is_asked_at_night_or_about_something_long_past(session: Session) -> None:
    workshop = make_workshop()
    make_session(workshop, at(5, 19))
    _enrolment, account_id = enrolled(workshop.id)
    looked_after(at(6, 7))
    looked_after(at(5, 23) + timedelta(days=FEEDBACK_DAYS))
    assert "workshops.feedback_open" not in told(account_id)


def test_an_account_that_was_disabled_is_told_nothing(bureau: Actor) -> None:
    workshop_id = make_workshop().id
    _enrolment, account_id = enrolled(workshop_id)
    with atomic():
        db.session.get_one(Account, account_id).disabled_at = clock.now()
    with atomic():
        assert standing.cancel(workshop_id, actor=bureau, reason="停办") == 0
