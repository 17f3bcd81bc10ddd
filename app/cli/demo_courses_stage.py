"""Who learns in the demonstration's online course: homeroom teachers of Lincang, each with an account of their own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from app.config import PROJECT_ROOT
from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.models import Account
from app.domain.accounts.operations import create_account, grant_role
from app.domain.accounts.queries.actors import find_acting
from app.domain.accounts.rules import Actor, Role, system_actor
from app.domain.people.models import Person, Posting
from app.domain.people.operations.duties import begin_duty
from app.domain.people.rules import Duty
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree

FENGQING, LINXIANG = "530921", "530902"
MANY, SOME = 18, 4
MEDIA = PROJECT_ROOT / "demo" / "media"
OPENED = -45  # days from today


@dataclass(frozen=True)
class Learner:
    person_id: int
    actor: Actor


@dataclass(frozen=True)
class Class:
    """Today, the bureau that runs the course, who teaches it, and its groups by county (Linxiang's begins with the
    demonstration teacher).
    """

    today: date
    bureau: Actor
    trainer: Actor
    fengqing: list[Learner]
    linxiang: list[Learner]

    def moment(self, days: int, hour: int = 10) -> datetime:
        """An hour of a day so many days after today (before: negative), never in the future."""
        day = datetime.combine(self.today + timedelta(days=days), time(hour), tzinfo=clock.zone())
        return min(day, clock.now())

    @contextmanager
    def on(self, days: int, hour: int = 10) -> Iterator[datetime]:
        """One act in a transaction of its own, at that hour."""
        with clock.frozen(self.moment(days, hour)), atomic():
            yield clock.now()


def account_of(username: str) -> Account:
    return db.session.scalars(select(Account).where(Account.username == username)).one()


def acting(account_id: int) -> Actor:
    found = find_acting(account_id, channel="cli")
    assert found is not None
    assert found[1] is not None
    return found[1]


def read_class() -> Class:
    bureau = acting(account_of("bureau-lincang").id)
    trainer = acting(account_of("trainer-lincang").id)
    with atomic():
        fengqing = _homeroom_teachers(FENGQING, MANY, bureau)
        linxiang = _homeroom_teachers(LINXIANG, SOME, bureau)
    return Class(
        clock.today(),
        bureau,
        trainer,
        [Learner(person_id, acting(account)) for person_id, account in fengqing],
        [Learner(person_id, acting(account)) for person_id, account in linxiang],
    )


def _homeroom_teachers(code: str, count: int, bureau: Actor) -> list[tuple[int, int]]:
    """People of a county who are homeroom teachers too, with accounts; who owns a demonstration account first."""
    county = db.session.scalars(select(Unit).where(Unit.code == code)).one()
    rows = db.session.execute(
        select(Person, Unit)
        .join(Posting, Posting.person_id == Person.id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(in_subtree(county.path), Posting.valid_until.is_(None))
        .order_by(Person.account_id.is_(None), Person.id)
        .limit(count)
    ).all()
    since = clock.today() - timedelta(days=400)
    made = []
    for person, school in rows:
        begin_duty(person.id, school, Duty.HOMEROOM_TEACHER, valid_from=since, actor=bureau)
        made.append((person.id, person.account_id or _open_account(person, school)))
    return made


def _open_account(person: Person, school: Unit) -> int:
    """An account that nobody signs in with."""
    actor = system_actor(name="demo")
    account = create_account(
        f"learner-{person.id}", actor=actor, now=clock.now(), display_name=person.name
    )
    grant_role(
        account, Role.TEACHER, school, actor=actor, valid_from=date(2020, 1, 1), announce=False
    )
    person.account_id = account.id
    return account.id
