"""Who acts in the demonstration's placements: the bureau of Lincang, a mentor for each base school, the trainees."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import Account
from app.domain.accounts.operations import create_account, grant_role
from app.domain.accounts.queries.actors import find_acting
from app.domain.accounts.rules import Actor, Role, system_actor
from app.domain.people.models import Person, Posting
from app.domain.placements.models import Mentor
from app.domain.placements.operations.mentors import add_mentor
from app.domain.units.models import BaseSchoolPeriod, Unit
from app.domain.units.queries import in_subtree

GAP_COUNTIES = ("530902", "530922", "530924", "530926")
WEEKS_AGO, WEEKS = 9, 18  # when the cohort under way began, and how long a term is


@dataclass(frozen=True)
class Scene:
    """Today, who acts for the bureau, and the mentors of the two base schools by base school."""

    today: date
    bureau: Actor
    mentors: dict[int, int]
    trainees: dict[str, int]

    @contextmanager
    def on(self, day: date, hour: int = 10) -> Iterator[None]:
        """One act in a transaction of its own, on that day; today's are done now."""
        moment = datetime.combine(day, time(hour), tzinfo=clock.zone())
        with clock.frozen(min(moment, clock.now())), atomic():
            yield


def read_scene() -> Scene:
    """The base schools with a mentor each (the demonstration account guides the first), and the nominees."""
    today = clock.today()
    bureau = _acting("bureau-lincang")
    schools = db.session.scalars(
        select(Unit.id)
        .join(BaseSchoolPeriod, BaseSchoolPeriod.unit_id == Unit.id)
        .where(Unit.path.like(f"{bureau.unit_path}%"))
        .order_by(Unit.code)
    ).all()
    begins = today - timedelta(weeks=WEEKS_AGO + 12)
    with atomic():
        mentors = {
            school_id: _name_mentor(school_id, number, begins, bureau)
            for number, school_id in enumerate(schools)
        }
        trainees = {code: _trainee(code) for code in GAP_COUNTIES}
    return Scene(today, bureau, mentors, trainees)


def _name_mentor(school_id: int, number: int, on: date, bureau: Actor) -> int:
    person_id = _first_counselor(Posting.unit_id == school_id)
    account = _account("mentor-lincang") if number == 0 else None
    _link(person_id, account, Role.MENTOR, db.session.get_one(Unit, school_id))
    return add_mentor(school_id, person_id, limit=2, valid_from=on, actor=bureau).id


def _trainee(code: str) -> int:
    """Of the first gap county the demonstration teacher, of the others the first counselor, with an account."""
    county = db.session.scalars(select(Unit).where(Unit.code == code)).one()
    person_id = _first_counselor(in_subtree(county.path))
    posting = db.session.scalars(
        select(Posting).where(Posting.person_id == person_id, Posting.valid_until.is_(None))
    ).first()
    assert posting is not None
    _link(person_id, None, Role.TEACHER, posting.unit)
    return person_id


def _first_counselor(where: object) -> int:
    """Who owns a demonstration account first, then by the order of registration."""
    return db.session.scalars(
        select(Person.id)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Posting.valid_until.is_(None), where)  # type: ignore[arg-type]
        .order_by(Person.account_id.is_(None), Person.id)
        .limit(1)
    ).one()


def _link(person_id: int, account: Account | None, role: Role, unit: Unit) -> None:
    """An account that owns the person and holds the role: the given one, theirs, or a new one nobody signs in with."""
    person = db.session.get_one(Person, person_id)
    if person.account_id is not None:
        return
    actor = system_actor(name="demo")
    if account is None:
        name = f"{role}-{unit.code}"
        account = create_account(name, actor=actor, now=clock.now(), display_name=person.name)
        grant_role(account, role, unit, actor=actor, valid_from=date(2020, 1, 1), announce=False)
    person.account_id = account.id


def _account(username: str) -> Account:
    return db.session.scalars(select(Account).where(Account.username == username)).one()


def _acting(username: str) -> Actor:
    return _acting_as(_account(username).id)


def _acting_as(account_id: int) -> Actor:
    acting = find_acting(account_id, channel="cli")
    assert acting is not None
    assert acting[1] is not None
    return acting[1]


def actor_of(person_id: int) -> Actor:
    account_id = db.session.get_one(Person, person_id).account_id
    assert account_id is not None
    return _acting_as(account_id)


def actor_of_mentor(mentor_id: int) -> Actor:
    return actor_of(db.session.get_one(Mentor, mentor_id).person_id)
