"""Many enrolled in one round come to what they would have come to one by one; whatever is not plain is left out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.versions import DataVersion
from app.domain.accounts.models import Account, ApiToken, Grant
from app.domain.accounts.rules import Actor
from app.domain.audit.models import AuditEntry
from app.domain.audit.verification import verify
from app.domain.outbox.models import Delivery, Notice
from app.domain.people.models import Commitment, Person
from app.domain.people.rules import TrainingLevel
from app.domain.workshops.models import Enrolment, Workshop
from app.domain.workshops.operations import enrolling_together
from app.domain.workshops.operations.arriving import Arrival, draw_numbers
from app.domain.workshops.operations.capacity import audit_seats
from app.domain.workshops.operations.enrolling import Outcome, enrol, withdraw
from app.domain.workshops.operations.enrolling_together import Wish, enrol_together
from app.domain.workshops.queries.candidates import read_application
from app.domain.workshops.rules.words import Approval
from tests import factories as make
from tests.concurrency import at_once
from tests.conftest import TODAY
from tests.workshop_factories import make_session, make_wish, make_workshop

LONG_AGO = TODAY.date() - timedelta(days=900)
THEN = TODAY + timedelta(days=20)


def teacher(county: str = make.LUFENG, email: str | None = None) -> tuple[Actor, int]:
    """A teacher with an account, as an actor, and the id of their person."""
    school = make.make_school(county)
    person_id = make.make_counselor(school).id
    account = make.make_account("teacher", school)
    actor = make.actor_of(account)
    with atomic():
        db.session.get_one(Person, person_id).account_id = account.id
        db.session.get_one(Account, account.id).email = email
    return actor, person_id


def make_token(actor: Actor, name: str) -> int:
    token = ApiToken(
        account_id=actor.account_id, prefix=name, token_hash=name, created_at=clock.now()
    )
    token_id: int = make.save(token).id
    return token_id


def together(*wishes: Wish) -> list[Outcome | None]:
    with atomic():
        return enrol_together(wishes)


def short(outcomes: list[Outcome | None]) -> list[tuple[str, int | None] | None]:
    return [one and (one.status.value, one.position) for one in outcomes]


def count(model: type[Any]) -> int:
    found = db.session.scalar(select(func.count()).select_from(model)) or 0
    db.session.rollback()
    return found


def test_gives_seats_and_places_in_line_in_order_of_arrival(session: Session) -> None:
    workshop_id = make_workshop(3, {make.LUFENG: 1}).id
    counties = [make.LUFENG, make.CHUXIONG_CITY, make.LUFENG, make.CHUXIONG_CITY, make.LUFENG]
    teachers = [teacher(county)[0] for county in counties]
    outcomes = together(*(make_wish(workshop_id, actor) for actor in teachers))
    assert short(outcomes) == [
        ("confirmed", None),
        ("confirmed", None),
        ("confirmed", None),
        ("waitlisted", 1),
        ("waitlisted", 2),
    ]
    numbers = session.scalars(select(Enrolment.number).order_by(Enrolment.id)).all()
    assert list(numbers) == [1, 2, 3, 4, 5]
    assert audit_seats(session.get_one(Workshop, workshop_id)).is_sound
    late = short(together(make_wish(workshop_id, teacher()[0])))
    assert late == [("waitlisted", 3)]


def test_a_pending_application_holds_its_seat(session: Session) -> None:
    workshop_id = make_workshop(1, approval=Approval.SCHOOL).id
    teachers = [teacher()[0] for _ in range(2)]
    outcomes = together(*(make_wish(workshop_id, actor) for actor in teachers))
    assert short(outcomes) == [("pending", None), ("pending", 1)]


def test_records_and_tells_everybody(session: Session) -> None:
    workshop_id = make_workshop(1).id
    people = [teacher(email="li@example.org"), teacher(), teacher()]
    together(*(make_wish(workshop_id, actor) for actor, _person_id in people))
    entries = session.execute(
        select(AuditEntry.actor_id, AuditEntry.subject_id, AuditEntry.details, AuditEntry.object_id)
        .where(AuditEntry.action == "workshops.enrol")
        .order_by(AuditEntry.subject_id)
    ).all()
    assert [(row.actor_id, row.subject_id) for row in entries] == [
        (actor.account_id, person_id) for actor, person_id in people
    ]
    assert [row.details["position"] for row in entries] == [None, 1, 2]
    ids = session.scalars(select(Enrolment.id).order_by(Enrolment.person_id)).all()
    assert [row.object_id for row in entries] == [str(enrolment_id) for enrolment_id in ids]
    told = session.execute(select(Notice.account_id, Notice.kind)).all()
    assert {(row.account_id, row.kind.split(".")[1]) for row in told} == {
        (people[0][0].account_id, "confirmed"),
        (people[1][0].account_id, "waitlisted"),
        (people[2][0].account_id, "waitlisted"),
    }
    assert count(Delivery) == 1
    assert verify().intact


def test_notes_the_use_of_tokens_in_the_same_transaction(session: Session) -> None:
    workshop_id = make_workshop(1).id
    actors = [teacher()[0] for _ in range(3)]
    tokens = [make_token(actor, name) for actor, name in zip(actors, "abc", strict=True)]
    used = [
        make_wish(workshop_id, actor, token_id=one)
        for actor, one in zip(actors, tokens, strict=True)
    ]
    together(*used[:2])
    noted = session.scalars(select(ApiToken.last_used_at).order_by(ApiToken.id)).all()
    assert noted == [TODAY, TODAY, None]


def test_writes_down_who_needs_lodging(session: Session) -> None:
    workshop_id = make_workshop(3).id
    asked = (
        make_wish(workshop_id, teacher()[0], needs_lodging=True),
        make_wish(workshop_id, teacher()[0]),
    )
    together(*asked)
    lodging = session.scalars(select(Enrolment.needs_lodging).order_by(Enrolment.number)).all()
    assert lodging == [True, None]


def test_binds_those_on_a_seat_and_leaves_out_who_is_bound(session: Session) -> None:
    workshop, other = make_workshop(2), make_workshop(2)
    for planned in (workshop, other):
        make_session(planned, THEN)
    ids = workshop.id, other.id
    bound, free = teacher()[0], teacher()[0]
    together(make_wish(ids[1], bound))
    assert short(together(make_wish(ids[0], bound), make_wish(ids[0], free))) == [
        None,
        ("confirmed", None),
    ]
    assert count(Commitment) == 2


def test_a_double_click_in_one_round_enrols_once(session: Session) -> None:
    workshop_id = make_workshop(3).id
    actor, _person_id = teacher()
    assert short(together(make_wish(workshop_id, actor), make_wish(workshop_id, actor))) == [
        ("confirmed", None),
        None,
    ]
    assert count(Enrolment) == 1


def test_leaves_out_who_is_enrolled_already(session: Session) -> None:
    workshop_id = make_workshop(3).id
    again = make_wish(workshop_id, teacher()[0])
    together(again)
    assert short(together(again, make_wish(workshop_id, teacher()[0]))) == [
        None,
        ("confirmed", None),
    ]


def test_leaves_out_a_newcomer_while_somebody_waits_for_the_seat(session: Session) -> None:
    one, other = make_workshop(1), make_workshop(1)
    for planned in (one, other):
        make_session(planned, THEN)
    ids = one.id, other.id
    first, second, newcomer = (teacher()[0] for _ in range(3))
    (held,) = together(make_wish(ids[0], first))
    assert held is not None
    together(make_wish(ids[0], second))
    (elsewhere,) = together(make_wish(ids[1], second))
    assert elsewhere is not None
    for enrolment_id in (held.enrolment_id, elsewhere.enrolment_id):
        with atomic():
            withdraw(enrolment_id, actor=first)
    assert short(together(make_wish(ids[0], newcomer))) == [None]


@pytest.mark.parametrize(
    "change",
    [
        update(Workshop).values(enrolment_closes_at=TODAY),
        update(Workshop).values(quota_release_at=TODAY - timedelta(hours=1)),
        update(Workshop).values(status="draft"),
        update(Account).values(disabled_at=TODAY),
        update(Account).values(username="another", username_key="another"),
        update(Grant).values(valid_until=TODAY.date() - timedelta(days=1)),
        update(Grant).values(role="trainer"),
    ],
)
def test_leaves_out_everybody_when_something_has_become_another(
    session: Session, change: Any
) -> None:
    asked = make_wish(make_workshop(3).id, teacher()[0])
    with atomic():
        session.execute(change)
    assert short(together(asked)) == [None]
    assert count(Enrolment) == 0


@pytest.mark.parametrize(
    "change",
    [
        update(Workshop).values(row_version=Workshop.row_version + 1),
        update(DataVersion).values(stamp="another"),
    ],
    ids=["plan", "people and units"],
)
def test_leaves_out_everybody_when_what_was_read_changes_before_the_lock(
    session: Session, monkeypatch: pytest.MonkeyPatch, change: Any
) -> None:
    workshop_id = make_workshop(3).id
    asked = [make_wish(workshop_id, teacher()[0]) for _ in range(2)]

    def draw_later(*values: int) -> Arrival:
        db.session.execute(change)
        return draw_numbers(*values)

    monkeypatch.setattr(enrolling_together, "draw_numbers", draw_later)
    assert short(together(*asked)) == [None, None]
    assert count(Enrolment) == 0


@pytest.mark.parametrize("known", ["another scope", "unknown"])
def test_leaves_out_whom_the_workshop_does_not_reach(session: Session, known: str) -> None:
    workshop_id = (
        make_workshop(3, organiser_id=make.get_unit(make.LUFENG).id).id
        if known == "another scope"
        else 999_999
    )
    assert short(together(make_wish(workshop_id, teacher(make.CHUXIONG_CITY)[0]))) == [None]
    assert session.scalar(select(func.max(Workshop.next_number))) in {None, 1}


def test_asks_of_everybody_what_they_were_trained_in(session: Session) -> None:
    workshop_id = make_workshop(
        3, required_level=TrainingLevel.COUNTY, not_trained_since=TODAY.date()
    ).id
    trained, again, untrained = teacher(), teacher(), teacher()
    title = session.scalars(select(Workshop.title)).one()
    for _actor, person_id in (trained, again):
        _train(person_id, "区县培训", LONG_AGO)
    _train(again[1], title, TODAY.date())
    db.session.rollback()
    asked = [make_wish(workshop_id, actor) for actor, _person_id in (trained, again, untrained)]
    assert short(together(*asked)) == [("confirmed", None), None, None]


def _train(person_id: int, title: str, ended_on: date) -> None:
    person, unit = db.session.get_one(Person, person_id), make.get_unit(make.LUFENG)
    make.make_training(person, unit, title=title, ended_on=ended_on, level=TrainingLevel.COUNTY)


def test_leaves_out_whom_the_workshop_is_not_for(session: Session) -> None:
    workshop_id = make_workshop(3, eligible_stages=["high"]).id
    assert short(together(make_wish(workshop_id, teacher()[0]))) == [None]


def test_rounds_at_once_and_single_acts_never_give_a_seat_twice(app: Flask) -> None:
    with app.app_context():
        workshop_id = make_workshop(5, {make.LUFENG: 2}).id
        teachers = [[teacher()[0] for _ in range(3)] for _ in range(3)]
        alone, person_id = teacher()
        rounds = [[make_wish(workshop_id, actor) for actor in part] for part in teachers]
        application = read_application(db.session.get_one(Workshop, workshop_id), person_id)
        db.session.rollback()
    outcomes = at_once(
        app,
        *(lambda part=part: enrol_together(part) for part in rounds),  # type: ignore[misc]
        lambda: enrol(application, actor=alone),
    )
    assert outcomes == ["done"] * 4
    with app.app_context(), clock.frozen(TODAY):
        rows = db.session.scalars(select(Enrolment).order_by(Enrolment.number)).all()
        assert [row.status.value for row in rows] == ["confirmed"] * 5 + ["waitlisted"] * 5
        assert audit_seats(db.session.get_one(Workshop, workshop_id)).is_sound
