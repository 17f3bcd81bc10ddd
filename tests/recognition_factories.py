"""Builds requests to have hours recognised, and who asks for and decides them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from app.core import clock
from app.core.db import atomic
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor, Role
from app.domain.courses.models import Recognition
from app.domain.courses.operations.claiming import Claim, Evidence
from app.domain.people.models import Person
from app.domain.people.rules import TrainingLevel
from app.domain.people.rules.trainings import online_event_key
from app.domain.units.models import Unit
from tests import factories

EVIDENCE = Evidence("0" * 32, "结业证书.pdf", "application/pdf")
CLAIM = Claim(
    finished_on=date(2023, 6, 30),
    hours=Decimal(40),
    title="班主任网络研修",
    platform="国家中小学智慧教育平台",
    level=TrainingLevel.NATIONAL,
    started_on=date(2023, 5, 1),
)
COUNTY = "530921"


@dataclass(frozen=True)
class Parties:
    """A teacher of a school of 凤庆 with an account, and the offices above."""

    unit: Unit
    person: Person
    account: Account
    teacher: Actor
    school: Actor
    county: Actor
    bureau: Actor


def make_parties(name: str = "李梅", serial: int = 1) -> Parties:
    unit = factories.make_school(COUNTY, f"凤庆县第{serial}中学")
    person = factories.make_counselor(unit, name, number=factories.id_number(serial))
    account = factories.make_account(Role.TEACHER, unit)
    link(person, account.id)
    return Parties(
        unit,
        person,
        account,
        factories.actor_of(account),
        factories.make_actor(Role.SCHOOL, unit),
        factories.make_actor(Role.COUNTY, COUNTY),
        factories.make_actor(Role.BUREAU, factories.LINCANG),
    )


def link(person: Person, account_id: int | None) -> None:
    """The account belongs to this person from now on."""
    with atomic():
        person.account_id = account_id


def make_claim(**changed: Any) -> Claim:
    return replace(CLAIM, **changed)


def make_recognition(person: Person, unit: Unit, **columns: Any) -> Recognition:
    """A request of 40 hours, submitted, without evidence."""
    values: dict[str, Any] = {
        "person_id": person.id,
        "unit_id": unit.id,
        "unit_path": unit.path,
        "title": CLAIM.title,
        "event_key": online_event_key(columns.get("title", CLAIM.title), CLAIM.finished_on),
        "platform": CLAIM.platform,
        "level": CLAIM.level,
        "finished_on": CLAIM.finished_on,
        "hours_claimed": CLAIM.hours,
        "submitted_at": clock.now(),
    }
    return factories.save(Recognition(**(values | columns)))
