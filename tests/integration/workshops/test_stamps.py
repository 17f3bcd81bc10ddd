"""The stamp of a workshop: another one after every act that its pages may show, the same while nothing happens."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.file_types import FileType
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor, system_actor
from app.domain.people.rules import TrainingLevel
from app.domain.workshops.models import Enrolment, Programme, Workshop, WorkshopTrainer
from app.domain.workshops.operations.attachments import add_attachment
from app.domain.workshops.operations.capacity import set_seats
from app.domain.workshops.operations.deciding import decide
from app.domain.workshops.operations.enrolling import withdraw
from app.domain.workshops.operations.guide import set_guide
from app.domain.workshops.operations.sessions import (
    SessionFacts,
    add_session,
    cancel_session,
    change_session,
)
from app.domain.workshops.operations.standing import cancel, start
from app.domain.workshops.operations.substituting import substitute
from app.domain.workshops.operations.trainers import assign_trainer, remove_trainer
from app.domain.workshops.queries.stamps import find_stamp
from app.domain.workshops.rules.planning import GuideItem
from app.domain.workshops.rules.words import Approval, TrainerRole, WorkshopStatus
from tests import factories as make
from tests.workshop_factories import enrol_one, make_session, make_workshop

Stage = dict[str, int]


@pytest.fixture
def stage(session: Session) -> Stage:
    """A workshop with a session, a trainer and two people who applied for its one seat."""
    school = make.make_school()
    source = make_workshop(capacity=1, title="上一期")
    programme = make.save(
        Programme(
            unit_id=source.organiser_id,
            year=2023,
            title="年度计划",
            level=TrainingLevel.PREFECTURE,
            created_at=clock.now(),
        )
    )
    workshop = make_workshop(
        capacity=1,
        approval=Approval.COUNTY,
        copied_from_id=source.id,
        programme_id=programme.id,
    )
    planned = make_session(workshop, clock.now() + timedelta(days=20))
    trainer = make.save(
        WorkshopTrainer(
            workshop_id=workshop.id,
            account_id=make.make_account("trainer", make.CHUXIONG).id,
            role=TrainerRole.TRAINER,
        )
    )
    people = [make.make_counselor(school, name) for name in ("王一", "张二", "赵三")]
    seated, waiting = (enrol_one(workshop, person).enrolment for person in people[:2])
    return {
        "workshop": workshop.id,
        "source": source.id,
        "programme": programme.id,
        "session": planned.id,
        "trainer": trainer.id,
        "trainer_account": trainer.account_id,
        "other_account": make.make_account("trainer", make.CHUXIONG).id,
        "seated": seated.id,
        "waiting": waiting.id,
        "third": people[2].id,
        "bureau": make.make_account("bureau", make.CHUXIONG).id,
    }


def _later(days: int) -> SessionFacts:
    begins = clock.now() + timedelta(days=days)
    return SessionFacts(begins, begins + timedelta(hours=2), place="州民族中学")


def _retitle(model: type, key: str, column: str = "title") -> Callable[[Stage, Actor], None]:
    def act(stage: Stage, _actor: Actor) -> None:
        setattr(db.session.get_one(model, stage[key]), column, "新名称")

    return act


def _guide(stage: Stage, actor: Actor) -> None:
    set_guide(stage["workshop"], [GuideItem("理论学习", Decimal(100), Decimal(100))], actor=actor)


def _change_session(stage: Stage, actor: Actor) -> None:
    change_session(stage["session"], replace(_later(21), place="别处"), actor=actor)


def _attach(stage: Stage, actor: Actor) -> None:
    kind = FileType("pdf", "application/pdf")
    add_attachment(
        stage["workshop"], file_key="k" * 32, name="通知.pdf", kind=kind, size=10, actor=actor
    )


def _enrol_third(stage: Stage, _actor: Actor) -> None:
    workshop = db.session.get_one(Workshop, stage["workshop"])
    enrol_one(workshop, db.session.get_one(make.Person, stage["third"]))


ACTS: dict[str, Callable[[Stage, Actor], object]] = {
    "rename it": _retitle(Workshop, "workshop"),
    "rename the programme": _retitle(Programme, "programme"),
    "rename what it was copied from": _retitle(Workshop, "source"),
    "rename a trainer": _retitle(Account, "trainer_account", "display_name"),
    "add a session": lambda s, a: add_session(s["workshop"], _later(30), actor=a),
    "change a session": _change_session,
    "cancel a session": lambda s, a: cancel_session(s["session"], actor=a, reason="停电"),
    "set the guide": _guide,
    "hand out a file": _attach,
    "assign a trainer": lambda s, a: assign_trainer(
        s["workshop"], s["other_account"], TrainerRole.TRAINER, actor=a
    ),
    "remove a trainer": lambda s, a: remove_trainer(s["trainer"], actor=a),
    "raise the capacity": lambda s, a: set_seats(s["workshop"], 2, {}, actor=a),
    "give a quota": lambda s, a: set_seats(
        s["workshop"], 3, {make.get_unit(make.LUFENG).id: 1}, actor=a
    ),
    "enrol somebody": _enrol_third,
    "withdraw from the seat": lambda s, a: withdraw(s["seated"], actor=a, reason="病假"),
    "withdraw from the line": lambda s, a: withdraw(s["waiting"], actor=a, reason="病假"),
    "send somebody else": lambda s, a: substitute(s["seated"], s["third"], actor=a, reason="换人"),
    "approve": lambda s, a: decide(s["seated"], approve=True, actor=a),
    "begin": lambda s, a: start(s["workshop"], actor=a),
    "cancel it": lambda s, a: cancel(s["workshop"], actor=a, reason="疫情"),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS.keys())
def test_every_act_gives_another_stamp(
    session: Session, stage: Stage, act: Callable[[Stage, Actor], object]
) -> None:
    before = find_stamp(stage["workshop"])
    assert before is not None
    assert find_stamp(stage["workshop"]) == before
    actor = make.actor_of(db.session.get_one(Account, stage["bureau"]))
    with atomic():
        act(stage, actor)
    after = find_stamp(stage["workshop"])
    assert after not in {before, None}
    assert find_stamp(stage["workshop"]) == after


def test_another_workshop_leaves_the_stamp_alone(session: Session, stage: Stage) -> None:
    before = find_stamp(stage["workshop"])
    other = make_workshop()
    enrol_one(other, make.make_counselor(make.make_school(make.LUFENG)))
    assert find_stamp(stage["workshop"]) == before


def test_a_draft_and_an_unknown_workshop_have_none(session: Session) -> None:
    draft = make_workshop(status=WorkshopStatus.DRAFT)
    assert find_stamp(draft.id) is None
    assert find_stamp(draft.id + 1000) is None


def test_taking_somebody_elses_place_in_the_sums_is_told(session: Session, stage: Stage) -> None:
    """One leaves and another comes: as many people on as many seats, and yet another stamp."""
    with atomic():
        withdraw(stage["waiting"], actor=system_actor("test"), reason="病假")
    before = find_stamp(stage["workshop"])
    with atomic():
        db.session.get_one(Enrolment, stage["seated"]).note = "素食"
    assert find_stamp(stage["workshop"]) != before
