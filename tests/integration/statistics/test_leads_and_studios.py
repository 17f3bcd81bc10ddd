"""Lead teachers, the counties they cover, the policy about those who moved, and studios."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.domain.people.models import Person, Studio, StudioMembership
from app.domain.people.rules import StudioKind, StudioRole
from app.domain.statistics.models import CountingPolicy
from app.domain.units.models import Unit
from tests.factories import (
    CHUXIONG,
    CHUXIONG_CITY,
    LUFENG,
    get_unit,
    make_counselor,
    make_designation,
    make_person,
    make_posting,
    make_school,
    save,
)
from tests.integration.statistics.helpers import DAY, labels, ledger, row_of, rows, total

pytestmark = pytest.mark.usefixtures("session")
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
SINCE = date(2023, 1, 6)


def make_lead(school: Unit, nominating: Unit, name: str = "带头人") -> Person:
    person = make_counselor(school, name)
    make_designation(person, nominating, SINCE)
    return person


def test_a_lead_teacher_counts_for_the_county_that_nominated() -> None:
    make_lead(make_school(CHUXIONG_CITY), get_unit(CHUXIONG_CITY))
    found = ledger()
    assert (found.totals["lead_teachers"], found.totals["counties_covered"]) == (1, 1)
    assert row_of(found, CHUXIONG_CITY)["counties_covered"] == 1
    assert row_of(found, LUFENG)["counties_covered"] == 0
    assert found.counties == 10
    assert "楚雄市" not in [gap.name for gap in found.gaps]
    assert len(found.gaps) == 9


def test_a_designation_counts_from_its_first_until_its_last_day() -> None:
    person = make_counselor(make_school(CHUXIONG_CITY))
    make_designation(person, get_unit(CHUXIONG_CITY), DAY, AFTER)
    days = [BEFORE, DAY, AFTER, AFTER + timedelta(days=1)]
    assert [total("lead_teachers", day) for day in days] == [0, 1, 1, 0]


def test_a_school_that_nominates_covers_its_county() -> None:
    school = make_school(LUFENG)
    make_lead(school, school)
    found = ledger(LUFENG)
    assert found.totals["counties_covered"] == 1
    assert row_of(found, school)["lead_teachers"] == 1
    assert row_of(found, school)["counties_covered"] == 0
    assert [row.code for row in found.rows] == [school.code], "no null row for a covered county"


def test_a_municipal_school_covers_no_county() -> None:
    school = make_school(CHUXIONG)
    make_lead(school, school)
    found = ledger()
    assert (found.totals["lead_teachers"], found.totals["counties_covered"]) == (1, 0)
    assert row_of(found, None)["lead_teachers"] == 1
    assert len(found.gaps) == 10


def test_two_lead_teachers_of_a_county_cover_it_once() -> None:
    for name in ("甲", "乙"):
        make_lead(make_school(LUFENG), get_unit(LUFENG), name)
    assert total("lead_teachers") == 2
    assert total("counties_covered") == 1
    listing = rows("counties_covered")
    assert (labels(listing), listing.count) == (["禄丰市"], 1)


def test_whoever_moved_within_the_county_still_counts() -> None:
    first, second = make_school(LUFENG), make_school(LUFENG)
    person = make_counselor(first, valid_until=BEFORE)
    make_posting(person, second, valid_from=DAY)
    make_designation(person, get_unit(LUFENG), SINCE)
    assert total("lead_teachers") == 1


def test_whoever_moved_to_another_county_counts_no_more() -> None:
    person = make_counselor(make_school(LUFENG), valid_until=BEFORE)
    make_posting(person, make_school(CHUXIONG_CITY), valid_from=DAY)
    make_designation(person, get_unit(LUFENG), SINCE)
    assert total("lead_teachers", BEFORE) == 1
    assert total("lead_teachers") == 0


def test_a_school_in_a_county_that_nominated_keeps_the_person_within_the_county() -> None:
    nominating = make_school(LUFENG)
    person = make_counselor(nominating, valid_until=BEFORE)
    make_posting(person, make_school(LUFENG), valid_from=DAY)
    make_designation(person, nominating, SINCE)
    assert total("lead_teachers") == 1


def test_a_municipal_school_that_nominated_loses_whoever_leaves_it() -> None:
    nominating = make_school(CHUXIONG)
    person = make_counselor(nominating, valid_until=BEFORE)
    make_posting(person, make_school(CHUXIONG), valid_from=DAY)
    make_designation(person, nominating, SINCE)
    assert total("lead_teachers", BEFORE) == 1
    assert total("lead_teachers") == 0


def test_the_policy_may_count_those_who_moved_and_only_from_its_day() -> None:
    person = make_counselor(make_school(LUFENG), valid_until=date(2023, 7, 31))
    make_designation(person, get_unit(LUFENG), SINCE)
    save(
        CountingPolicy(
            name="lead_teacher_moved",
            unit_id=get_unit(CHUXIONG).id,
            value={"counts": "always"},
            valid_from=DAY,
        )
    )
    assert total("lead_teachers", BEFORE) == 0
    assert total("lead_teachers") == 1
    policies = [setting.value["counts"] for setting in ledger().lead_policies]
    assert policies == ["always"]
    assert [s.value["counts"] for s in ledger(as_of=BEFORE).lead_policies] == ["while_posted"]


def test_a_policy_of_one_county_does_not_reach_another() -> None:
    for code in (LUFENG, CHUXIONG_CITY):
        person = make_counselor(make_school(code), code, valid_until=BEFORE)
        make_designation(person, get_unit(code), SINCE)
    save(
        CountingPolicy(
            name="lead_teacher_moved", unit_id=get_unit(LUFENG).id, value={"counts": "always"}
        )
    )
    found = ledger()
    assert found.totals["lead_teachers"] == 1
    assert row_of(found, LUFENG)["lead_teachers"] == 1
    assert row_of(found, CHUXIONG_CITY)["lead_teachers"] == 0


def test_of_two_overlapping_designations_the_later_counts() -> None:
    person = make_counselor(make_school(LUFENG))
    make_posting(person, make_school(CHUXIONG_CITY))
    make_designation(person, get_unit(LUFENG), SINCE, AFTER)
    make_designation(person, get_unit(CHUXIONG_CITY), date(2023, 3, 1))
    found = ledger()
    assert found.totals["lead_teachers"] == 1
    assert row_of(found, CHUXIONG_CITY)["lead_teachers"] == 1


def make_studio(
    unit: Unit,
    name: str = "工作室",
    kind: StudioKind = StudioKind.STUDIO,
    until: date | None = None,
) -> Studio:
    studio: Studio = save(
        Studio(
            unit_id=unit.id,
            kind=kind,
            name=name,
            name_key=name,
            valid_from=SINCE,
            valid_until=until,
        )
    )
    return studio


def join(studio: Studio, person: Person, role: StudioRole, until: date | None = None) -> None:
    save(
        StudioMembership(
            studio_id=studio.id,
            person_id=person.id,
            role=role,
            valid_from=SINCE,
            valid_until=until,
        )
    )


def test_a_studio_of_the_prefecture_counts_with_its_people_in_the_municipal_row() -> None:
    studio = make_studio(get_unit(CHUXIONG))
    school = make_school(LUFENG)
    join(studio, make_counselor(school, "甲"), StudioRole.HOST)
    join(studio, make_counselor(school, "乙"), StudioRole.MEMBER)
    join(studio, make_counselor(school, "丙"), StudioRole.MEMBER)
    figures = row_of(ledger(), None)
    assert (figures["studios"], figures["studio_hosts"], figures["studio_members"]) == (1, 1, 2)


def test_whoever_hosts_a_studio_is_not_its_member() -> None:
    studio = make_studio(get_unit(LUFENG))
    person = make_person(get_unit(LUFENG))
    join(studio, person, StudioRole.HOST)
    join(studio, person, StudioRole.MEMBER, until=AFTER)
    totals = ledger().totals
    assert (totals["studio_hosts"], totals["studio_members"]) == (1, 0)


def test_a_member_twice_in_one_studio_counts_once() -> None:
    studio = make_studio(get_unit(LUFENG))
    person = make_person(get_unit(LUFENG))
    join(studio, person, StudioRole.MEMBER)
    join(studio, person, StudioRole.MEMBER, until=AFTER)
    assert total("studio_members") == 1


def test_a_studio_that_has_ended_takes_its_people_with_it() -> None:
    studio = make_studio(get_unit(LUFENG), until=DAY)
    join(studio, make_person(get_unit(LUFENG)), StudioRole.MEMBER)
    assert (total("studios"), total("studio_members")) == (1, 1)
    assert (total("studios", AFTER), total("studio_members", AFTER)) == (0, 0)


def test_a_trainer_team_is_no_studio() -> None:
    team = make_studio(get_unit(LUFENG), kind=StudioKind.TRAINER_TEAM)
    join(team, make_person(get_unit(LUFENG)), StudioRole.MEMBER)
    assert (total("studios"), total("studio_members")) == (0, 0)
