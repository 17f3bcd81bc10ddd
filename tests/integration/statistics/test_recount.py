"""Random histories: every figure equals the sum of its rows, its parts sum to it, and a slow, obvious recount agrees.

The recount works on plain facts and shares nothing with the queries.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert, select

from app.core import clock
from app.core.db import atomic, db
from app.domain.certificates.models import Credential, CredentialKind
from app.domain.people.models import LeadTeacherDesignation, Person, Posting, TrainingRecord
from app.domain.statistics.figures import FIGURES
from app.domain.statistics.ledger import read_ledger
from app.domain.statistics.rows import Wanted, list_figure_rows
from app.domain.statistics.rules import FigureKind
from app.domain.units.models import Unit, UnitVersion
from tests.factories import CHUXIONG, CHUXIONG_CITY, LINCANG, LUFENG, get_unit, make_school

DAYS = [date(2020, 1, 1) + timedelta(days=150 * step) for step in range(12)]
MOVED_ON = DAYS[6]
PREFECTURE, CITY, COUNTY = CHUXIONG, CHUXIONG_CITY, LUFENG
PLACES = ["city school", "county school", "moved", "municipal", PREFECTURE, CITY, "elsewhere"]
PARENTS = {
    "city school": CITY,
    "county school": COUNTY,
    "municipal": PREFECTURE,
    PREFECTURE: "province",
    CITY: PREFECTURE,
    "elsewhere": LINCANG,
}
KINDS = {"psych_2": 3, "psych_3": 2, "social_worker": 1, "cas_training": 0}
LEVELS = ["national", "county", "abroad"]

days = st.sampled_from(DAYS)
people = st.integers(0, 4)
places = st.sampled_from(PLACES)
ends = st.one_of(st.none(), st.integers(0, 900))


@dataclass
class Dated:
    person: int
    place: str
    start: date
    end: date | None

    def on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass
class PostingFact(Dated):
    full: bool


@dataclass
class CredentialFact:
    person: int
    kind: str
    verified: bool
    issued: date | None
    recorded: date
    expires: date | None
    revoked: date | None


@dataclass
class TrainingFact:
    person: int
    place: str
    level: str
    start: date
    end: date
    online: bool
    hours: int | None
    passed: bool


@dataclass
class World:
    postings: list[PostingFact] = field(default_factory=list)
    credentials: list[CredentialFact] = field(default_factory=list)
    leads: list[Dated] = field(default_factory=list)
    trainings: list[TrainingFact] = field(default_factory=list)


@st.composite
def worlds(draw: st.DrawFn) -> World:
    world = World()
    for _ in range(draw(st.integers(0, 9))):
        start, length = draw(days), draw(ends)
        end = None if length is None else start + timedelta(days=length)
        fact = PostingFact(draw(people), draw(places), start, end, draw(st.booleans()))
        taken = [(p.person, p.place) for p in world.postings if p.end is None]
        if end is not None or (fact.person, fact.place) not in taken:
            world.postings.append(fact)
    for _ in range(draw(st.integers(0, 6))):
        issued = draw(st.one_of(st.none(), days))
        expires = draw(st.one_of(st.none(), st.integers(0, 900)))
        world.credentials.append(
            CredentialFact(
                draw(people),
                draw(st.sampled_from(sorted(KINDS))),
                draw(st.integers(0, 5)) > 0,
                issued,
                draw(days),
                issued + timedelta(days=expires) if issued and expires is not None else None,
                draw(st.one_of(st.none(), st.none(), days)),
            )
        )
    for _ in range(draw(st.integers(0, 4))):
        start, length = draw(days), draw(ends)
        end = None if length is None else start + timedelta(days=length)
        lead = Dated(draw(people), draw(places), start, end)
        if end is not None or lead.person not in [d.person for d in world.leads if d.end is None]:
            world.leads.append(lead)
    for _ in range(draw(st.integers(0, 8))):
        end = draw(days)
        world.trainings.append(
            TrainingFact(
                draw(people),
                draw(places),
                draw(st.sampled_from(LEVELS)),
                end - timedelta(days=draw(st.integers(0, 14))),
                end,
                draw(st.booleans()),
                draw(st.one_of(st.none(), st.integers(0, 200))),
                draw(st.integers(0, 4)) > 0,
            )
        )
    return world


# --- the slow, obvious recount --------------------------------------------------------------------


def hangs_under(place: str, day: date) -> str:
    if place == "moved":
        return CITY if day < MOVED_ON else COUNTY
    return PARENTS[place]


def is_within(place: str, unit: str, day: date) -> bool:
    """Whether a place lies in the unit: a prefecture, a county, or a place itself."""
    if place == unit:
        return True
    above = hangs_under(place, day)
    if above == unit:
        return True
    return unit == PREFECTURE and above in {CITY, COUNTY}


def main_postings(world: World, day: date) -> dict[int, PostingFact]:
    found: dict[int, tuple[tuple[bool, date, int], PostingFact]] = {}
    for number, posting in enumerate(world.postings):
        if not posting.on(day):
            continue
        rank = (not posting.full, posting.start, number)
        if posting.person not in found or rank < found[posting.person][0]:
            found[posting.person] = (rank, posting)
    return {person: posting for person, (_rank, posting) in found.items()}


def heights(world: World, person: int, day: date) -> list[int]:
    found = []
    for credential in world.credentials:
        begins = credential.issued or credential.recorded
        if (
            credential.person == person
            and credential.verified
            and KINDS[credential.kind]
            and begins <= day
            and (credential.expires is None or day <= credential.expires)
            and (credential.revoked is None or day < credential.revoked)
        ):
            found.append(KINDS[credential.kind])
    return found


def hours(training: TrainingFact) -> int:
    given = training.hours or 0
    if training.online:
        return given
    return min(given, 8 * ((training.end - training.start).days + 1))


def counted_leads(world: World, day: date) -> list[Dated]:
    latest: dict[int, Dated] = {}
    for lead in sorted((d for d in world.leads if d.on(day)), key=lambda lead: lead.start):
        latest[lead.person] = lead
    found = []
    for lead in latest.values():
        county = county_of(lead.place, day)
        home = county or lead.place
        if any(
            posting.person == lead.person
            and posting.on(day)
            and (is_within(posting.place, home, day))
            for posting in world.postings
        ):
            found.append(lead)
    return found


def county_of(place: str, day: date) -> str | None:
    if place == CITY:
        return place
    above = hangs_under(place, day)
    return above if above in {CITY, COUNTY} else None


def recount(world: World, unit: str, day: date, since: date) -> dict[str, Any]:
    mains = {
        person: posting
        for person, posting in main_postings(world, day).items()
        if is_within(posting.place, unit, day)
    }
    best = {person: max(heights(world, person, day), default=0) for person in mains}
    every = [height for person in mains for height in heights(world, person, day)]
    leads = counted_leads(world, day)
    trained = [
        t
        for t in world.trainings
        if t.passed and since <= t.end <= day and is_within(t.place, unit, day)
    ]
    covered = {county_of(lead.place, day) for lead in leads} - {None}
    own = {CITY, COUNTY} if unit == PREFECTURE else {unit}
    return {
        "counselors": len(mains),
        "counselors_full_time": sum(posting.full for posting in mains.values()),
        "counselors_part_time": sum(not posting.full for posting in mains.values()),
        "holders": sum(height > 0 for height in best.values()),
        "holders_psych_2": sum(height == 3 for height in best.values()),
        "holders_psych_3": sum(height == 2 for height in best.values()),
        "holders_other_recognised": sum(height == 1 for height in best.values()),
        "certificates_psych_2": every.count(3),
        "certificates_psych_3": every.count(2),
        "certificates_other_recognised": every.count(1),
        "lead_teachers": sum(is_within(lead.place, unit, day) for lead in leads),
        "counties_covered": len(covered & own),
        "training_person_times": len(trained),
        "training_headcount": len({t.person for t in trained}),
        "training_person_times_by_level": {
            level: sum(t.level == level for t in trained)
            for level in ("national", "provincial", "prefecture", "county", "school", "abroad")
        },
        "credit_hours": sum(hours(t) for t in trained),
        "hours_year_met": _reaching(world, mains, date(day.year, 1, 1), day, 90),
        "hours_cycle_met": _reaching(world, mains, _cycle(day), day, 360),
        "schools_with_counselor": sum(
            any(p.place == school and p.on(day) for p in world.postings)
            for school in ("city school", "county school", "moved", "municipal")
            if is_within(school, unit, day)
        ),
    }


def _cycle(day: date) -> date:
    return date(2016, 1, 1) if day.year <= 2020 else date(2021, 1, 1)


def _reaching(
    world: World, mains: dict[int, PostingFact], since: date, day: date, needed: int
) -> int:
    return sum(
        sum(
            hours(t)
            for t in world.trainings
            if t.person == person and t.passed and since <= t.end <= day
        )
        >= needed
        for person in mains
    )


# --- the world in the database --------------------------------------------------------------------


def build_units() -> dict[str, int]:
    """The places of the world; "moved" hangs under the city first, under the county from a day on."""
    ids = {
        "city school": make_school(CITY).id,
        "county school": make_school(COUNTY).id,
        "municipal": make_school(PREFECTURE).id,
        "elsewhere": make_school(LINCANG).id,
        PREFECTURE: get_unit(PREFECTURE).id,
        CITY: get_unit(CITY).id,
    }
    moved = make_school(CITY)
    ids["moved"] = moved.id
    with atomic() as session:
        county = get_unit(COUNTY)
        first = session.scalars(select(UnitVersion).where(UnitVersion.unit_id == moved.id)).one()
        first.valid_until = MOVED_ON - timedelta(days=1)
        session.flush()
        path = f"{county.path}{moved.id}/"
        session.add(
            UnitVersion(
                unit_id=moved.id,
                name=first.name,
                stage=first.stage,
                parent_id=county.id,
                path=path,
                valid_from=MOVED_ON,
            )
        )
        unit = session.get_one(Unit, moved.id)
        unit.parent_id, unit.path = county.id, path
    return ids


def store(world: World, ids: dict[str, int]) -> None:
    with atomic() as session:
        for table in (Credential, LeadTeacherDesignation, TrainingRecord, Posting, Person):
            session.execute(delete(table))
        kinds = {kind.code: kind.id for kind in session.scalars(select(CredentialKind))}
        persons = [
            Person(
                name=f"人{number}",
                name_key=f"人{number}",
                sort_key=f"ren {number}",
                initials="r",
                registered_unit_id=ids["municipal"],
                created_at=clock.now(),
            )
            for number in range(5)
        ]
        session.add_all(persons)
        session.flush()
        numbers = [person.id for person in persons]
        for posting in world.postings:
            session.execute(
                insert(Posting).values(
                    person_id=numbers[posting.person],
                    unit_id=ids[posting.place],
                    role="full_time" if posting.full else "part_time",
                    valid_from=posting.start,
                    valid_until=posting.end,
                    row_version=1,
                )
            )
        for lead in world.leads:
            session.execute(
                insert(LeadTeacherDesignation).values(
                    person_id=numbers[lead.person],
                    nominating_unit_id=ids[lead.place],
                    valid_from=lead.start,
                    valid_until=lead.end,
                )
            )
        for number, credential in enumerate(world.credentials):
            session.execute(
                insert(Credential).values(
                    person_id=numbers[credential.person],
                    kind_id=kinds[credential.kind],
                    number=str(number),
                    number_key=str(number),
                    issued_on=credential.issued,
                    recorded_for=credential.recorded,
                    expires_on=credential.expires,
                    revoked_on=credential.revoked,
                    state="verified" if credential.verified else "claimed",
                )
            )
        for number, training in enumerate(world.trainings):
            session.execute(
                insert(TrainingRecord).values(
                    person_id=numbers[training.person],
                    unit_id=ids[training.place],
                    kind="online" if training.online else "training",
                    title=f"培训{number}",
                    event_key=f"培训{number}",
                    level=training.level,
                    started_on=training.start,
                    ended_on=training.end,
                    hours=None if training.hours is None else Decimal(training.hours),
                    passed=training.passed,
                )
            )


def test_every_figure_is_the_sum_of_its_rows_and_of_its_parts_and_the_recount(app: Flask) -> None:
    with app.app_context():
        ids = build_units()
        units = {
            PREFECTURE: ids[PREFECTURE],
            CITY: ids[CITY],
            COUNTY: get_unit(COUNTY).id,
            "moved": ids["moved"],
            "municipal": ids["municipal"],
        }

        @settings(
            max_examples=25,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        )
        @given(worlds(), days, st.sampled_from(DAYS), st.sampled_from(sorted(units)))
        def check(world: World, as_of: date, first: date, unit: str) -> None:
            since = min(first, as_of)
            store(world, ids)
            found = read_ledger(units[unit], as_of=as_of, since=since)
            expected = recount(world, unit, as_of, since)
            assert {name: found.totals[name] for name in expected} == expected
            if found.unit.kind != "school":
                check_parts(found)
            check_rows(units[unit], found.totals, as_of, since)

        check()
        db.session.rollback()


def check_parts(found: Any) -> None:
    for name, figure in FIGURES.items():
        if figure.kind is FigureKind.ADDITIVE:
            assert sum(row.figures[name] for row in found.rows) == found.totals[name], name
        if figure.kind is FigureKind.LEVELS:
            for level, number in found.totals[name].items():
                assert sum(row.figures[name][level] for row in found.rows) == number


def check_rows(unit_id: int, totals: dict[str, Any], as_of: date, since: date) -> None:
    for name, figure in FIGURES.items():
        if not figure.has_rows:
            continue
        listing = list_figure_rows(unit_id, Wanted(name, as_of, since))
        value = totals[name]
        number = sum(value.values()) if isinstance(value, dict) else value
        assert listing.count == number, name
        assert sum(row.value for row in listing.items) == number, name
