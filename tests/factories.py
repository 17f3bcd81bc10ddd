"""Builds what tests need, straight through the models, with sensible defaults. Commit with ``save``."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from sqlalchemy import select

from app.core import clock, crypto
from app.core.db import atomic, db
from app.core.text import name_key
from app.domain.accounts.models import Account, Grant
from app.domain.accounts.rules import Actor, HeldGrant, Role, actor_for_grant
from app.domain.certificates.models import Credential, CredentialKind
from app.domain.certificates.rules import CredentialState
from app.domain.people.models import LeadTeacherDesignation, Person, Posting, TrainingRecord
from app.domain.people.naming import name_columns
from app.domain.people.rules import PostingRole, TrainingKind, TrainingLevel
from app.domain.units.models import FacilityReturn, SchoolStage, Unit, UnitKind, UnitVersion

CHUXIONG = "532300"
LINCANG = "530900"
CHUXIONG_CITY = "532301"
LUFENG = "532302"
LINXIANG = "530902"
SOME_DAY = date(2020, 1, 1)
_numbers = count(1)


def save(*objects: Any) -> Any:
    """Commit the objects; returns the first."""
    with atomic():
        db.session.add_all(objects)
    return objects[0] if objects else None


def get_unit(code: str) -> Unit:
    return db.session.execute(select(Unit).where(Unit.code == code)).scalar_one()


def make_school(
    county: str = CHUXIONG_CITY,
    name: str | None = None,
    *,
    code: str | None = None,
    stage: SchoolStage = SchoolStage.PRIMARY,
    opened_on: date | None = None,
    closed_on: date | None = None,
) -> Unit:
    """A school under a unit (give a prefecture's code for a municipal school), with its first version."""
    number = next(_numbers)
    parent = get_unit(county)
    name = name or f"测试第{number}小学"
    with atomic():
        school = Unit(
            code=code or f"{parent.code}9{number:05d}",
            kind=UnitKind.SCHOOL,
            name=name,
            name_key=name_key(name),
            stage=stage,
            parent_id=parent.id,
            opened_on=opened_on,
            closed_on=closed_on,
        )
        db.session.add(school)
        db.session.flush()
        school.path = f"{parent.path}{school.id}/"
        db.session.add(
            UnitVersion(
                unit_id=school.id,
                name=name,
                stage=stage,
                parent_id=parent.id,
                path=school.path,
                valid_from=None,
            )
        )
    return school


def make_return(school: Unit, day: date, rooms: int, area: str | None = None) -> FacilityReturn:
    return save(
        FacilityReturn(
            unit_id=school.id,
            returned_on=day,
            rooms=rooms,
            room_area=Decimal(area) if area else None,
        )
    )


def id_number(serial: int, *, born: str = "19850304", area: str = "532398") -> str:
    """A valid identity number of an invented person (the area code was never assigned)."""
    body = f"{area}{born}{serial % 1000:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    remainder = sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11
    return body + "10X98765432"[remainder]


def make_person(
    unit: Unit, name: str = "李老师", *, number: str | None = None, phone: str | None = None
) -> Person:
    return save(
        Person(
            **name_columns(name),
            id_number_sealed=crypto.seal(number, "people.id_number") if number else None,
            id_number_index=crypto.blind_index(number, "people.id_number") if number else None,
            phone_sealed=crypto.seal(phone, "people.phone") if phone else None,
            phone_index=crypto.blind_index(phone, "people.phone") if phone else None,
            registered_unit_id=unit.id,
            created_at=clock.now(),
        )
    )


def make_posting(
    person: Person,
    unit: Unit,
    *,
    role: PostingRole = PostingRole.PART_TIME,
    valid_from: date = SOME_DAY,
    valid_until: date | None = None,
    recruited_on: date | None = None,
) -> Posting:
    return save(
        Posting(
            person_id=person.id,
            unit_id=unit.id,
            role=role,
            valid_from=valid_from,
            valid_until=valid_until,
            recruited_on=recruited_on,
        )
    )


def make_counselor(
    unit: Unit, name: str = "李老师", *, number: str | None = None, **posting: Any
) -> Person:
    """A person with one posting at the unit."""
    person = make_person(unit, name, number=number)
    make_posting(person, unit, **posting)
    return person


def make_credential(
    person: Person,
    kind: str = "psych_2",
    *,
    issued_on: date | None = date(2015, 6, 1),
    number: str | None = None,
    state: CredentialState = CredentialState.VERIFIED,
    recorded_for: date = SOME_DAY,
    expires_on: date | None = None,
    revoked_on: date | None = None,
) -> Credential:
    kind_id = db.session.execute(
        select(CredentialKind.id).where(CredentialKind.code == kind)
    ).scalar_one()
    number = number or f"ZS{next(_numbers):08d}"
    return save(
        Credential(
            person_id=person.id,
            kind_id=kind_id,
            number=number,
            number_key=number,
            issued_on=issued_on,
            recorded_for=recorded_for,
            expires_on=expires_on,
            revoked_on=revoked_on,
            state=state,
        )
    )


def make_designation(
    person: Person, nominating: Unit, valid_from: date = SOME_DAY, valid_until: date | None = None
) -> LeadTeacherDesignation:
    return save(
        LeadTeacherDesignation(
            person_id=person.id,
            nominating_unit_id=nominating.id,
            valid_from=valid_from,
            valid_until=valid_until,
        )
    )


def make_training(
    person: Person,
    unit: Unit,
    *,
    title: str = "心理健康教育培训",
    ended_on: date = date(2022, 6, 17),
    level: TrainingLevel = TrainingLevel.PROVINCIAL,
    kind: TrainingKind = TrainingKind.TRAINING,
    hours: int | None = 40,
    passed: bool = True,
    organiser: str | None = None,
) -> TrainingRecord:
    return save(
        TrainingRecord(
            person_id=person.id,
            unit_id=unit.id,
            kind=kind,
            title=title,
            event_key=f"{kind}:{name_key(title)}:{ended_on.isoformat()}",
            level=level,
            started_on=None,
            ended_on=ended_on,
            hours=hours,
            passed=passed,
            organiser=organiser,
        )
    )


def make_account(
    role: Role | str,
    unit: Unit | str,
    username: str | None = None,
    *,
    valid_from: date = SOME_DAY,
    valid_until: date | None = None,
) -> Account:
    """An account with one grant (no password: tests sign in through ``sign_in``)."""
    if isinstance(unit, str):
        unit = get_unit(unit)
    username = username or f"{role}-{next(_numbers)}"
    with atomic():
        account = Account(
            username=username,
            username_key=username.casefold(),
            display_name=username,
            created_at=clock.now(),
        )
        account.grants.append(
            Grant(role=Role(role), unit_id=unit.id, valid_from=valid_from, valid_until=valid_until)
        )
        db.session.add(account)
    return account


def actor_of(account: Account) -> Actor:
    """The actor an account is in its first grant, for calling operations directly."""
    grant = account.grants[0]
    unit = grant.unit
    held = HeldGrant(
        id=grant.id,
        role=grant.role,
        unit_id=unit.id,
        unit_code=unit.code,
        unit_name=unit.name,
        unit_kind=unit.kind.value,
        unit_path=unit.path,
    )
    return actor_for_grant(held, account_id=account.id, username=account.username, grants=(held,))


def make_actor(role: Role | str, unit: Unit | str) -> Actor:
    return actor_of(make_account(role, unit))
