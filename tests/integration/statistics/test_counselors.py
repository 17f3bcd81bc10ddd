"""Who counts as a counselor on a day, where, and with which certificate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import atomic
from app.domain.certificates.models import CredentialKind, CredentialKindRule
from app.domain.certificates.operations.kinds import KindRuleFacts, add_kind_rule
from app.domain.certificates.rules import CountsAs, CredentialState
from app.domain.people.rules import PostingRole
from tests.factories import (
    CHUXIONG,
    CHUXIONG_CITY,
    LINCANG,
    LUFENG,
    get_unit,
    make_actor,
    make_counselor,
    make_credential,
    make_person,
    make_posting,
    make_school,
    save,
)
from tests.integration.statistics.helpers import DAY, change, labels, ledger, row_of, rows, total

pytestmark = pytest.mark.usefixtures("session")
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)


def test_a_posting_counts_on_its_first_and_on_its_last_day() -> None:
    make_counselor(make_school(), valid_from=DAY, valid_until=AFTER)
    days = [BEFORE, DAY, AFTER, AFTER + timedelta(days=1)]
    assert [total("counselors", day) for day in days] == [0, 1, 1, 0]


def test_a_person_with_two_postings_counts_once_at_the_full_time_one() -> None:
    early, full = make_school(CHUXIONG_CITY), make_school(LUFENG)
    person = make_counselor(early, valid_from=date(2010, 1, 1))
    make_posting(person, full, role=PostingRole.FULL_TIME, valid_from=date(2022, 1, 1))
    found = ledger()
    assert found.totals["counselors"] == 1
    assert found.totals["counselors_full_time"] == 1
    assert row_of(found, CHUXIONG_CITY)["counselors"] == 0
    assert row_of(found, LUFENG)["counselors"] == 1


def test_of_two_alike_postings_the_earlier_is_the_main_one() -> None:
    first, second = make_school(CHUXIONG_CITY), make_school(LUFENG)
    person = make_counselor(second, valid_from=date(2015, 1, 1))
    make_posting(person, first, valid_from=date(2014, 1, 1))
    assert row_of(ledger(), CHUXIONG_CITY)["counselors"] == 1


def test_of_two_postings_of_the_same_day_the_lower_id_is_the_main_one() -> None:
    first, second = make_school(CHUXIONG_CITY), make_school(LUFENG)
    person = make_counselor(second, valid_from=date(2015, 1, 1))
    make_posting(person, first, valid_from=date(2015, 1, 1))
    assert row_of(ledger(), LUFENG)["counselors"] == 1


def test_a_person_whose_main_posting_is_in_another_prefecture_counts_there_only() -> None:
    person = make_counselor(make_school(CHUXIONG_CITY))
    make_posting(person, make_school(LINCANG), role=PostingRole.FULL_TIME)
    assert total("counselors") == 0
    assert total("counselors", code=LINCANG) == 1
    assert total("schools_with_counselor") == 1, "any posting covers its school"


def test_when_the_main_posting_ends_the_other_one_takes_its_place() -> None:
    first, second = make_school(CHUXIONG_CITY), make_school(LUFENG)
    person = make_counselor(first, valid_from=date(2010, 1, 1), valid_until=BEFORE)
    make_posting(person, second, valid_from=date(2015, 1, 1))
    assert row_of(ledger(as_of=BEFORE), CHUXIONG_CITY)["counselors"] == 1
    assert row_of(ledger(), LUFENG)["counselors"] == 1


def test_full_and_part_time_sum_to_the_counselors() -> None:
    school = make_school()
    make_counselor(school, "甲", role=PostingRole.FULL_TIME)
    make_counselor(school, "乙")
    make_counselor(school, "丙")
    totals = ledger().totals
    assert (totals["counselors"], totals["counselors_full_time"]) == (3, 1)
    assert totals["counselors_part_time"] == 2


def test_staff_of_the_bureau_belong_to_the_row_of_the_municipal_schools() -> None:
    make_counselor(get_unit(CHUXIONG), "局内")
    make_counselor(make_school(CHUXIONG), "州直")
    found = ledger()
    assert found.rows[-1].kind == "municipal_schools"
    assert row_of(found, None)["counselors"] == 2


def test_recruited_counts_both_ends_of_the_period() -> None:
    school = make_school()
    for name, day in [
        ("甲", date(2020, 1, 1)),
        ("乙", DAY),
        ("丙", date(2019, 12, 31)),
        ("丁", AFTER),
    ]:
        make_counselor(school, name, recruited_on=day, valid_from=date(2019, 1, 1))
    assert sorted(labels(rows("recruited", since=date(2020, 1, 1)))) == ["乙", "甲"]
    assert total("recruited", since=date(2020, 1, 1)) == 2


def test_recruited_counts_although_the_person_has_left() -> None:
    make_counselor(make_school(), recruited_on=date(2023, 3, 1), valid_until=date(2023, 4, 1))
    assert total("recruited") == 1
    assert total("counselors") == 0


def test_the_highest_certificate_decides_the_column() -> None:
    person = make_counselor(make_school())
    for kind in ("social_worker", "psych_3", "psych_2", "psych_3"):
        make_credential(person, kind)
    totals = ledger().totals
    assert (totals["holders_psych_2"], totals["holders_psych_3"]) == (1, 0)
    assert (totals["holders_other_recognised"], totals["holders"]) == (0, 1)
    assert (totals["certificates_psych_2"], totals["certificates_psych_3"]) == (1, 2)
    assert totals["certificates_other_recognised"] == 1


@pytest.mark.parametrize(
    ("facts", "counts"),
    [
        ({"issued_on": DAY}, True),
        ({"issued_on": AFTER}, False),
        ({"issued_on": None, "recorded_for": DAY}, True),
        ({"issued_on": None, "recorded_for": AFTER}, False),
        ({"expires_on": DAY}, True),
        ({"expires_on": BEFORE}, False),
        ({"revoked_on": AFTER}, True),
        ({"revoked_on": DAY}, False),
        ({"state": CredentialState.CLAIMED}, False),
        ({"state": CredentialState.REJECTED}, False),
    ],
)
def test_a_certificate_counts_while_it_is_in_force(facts: dict[str, object], counts: bool) -> None:
    make_credential(make_counselor(make_school()), "psych_3", **facts)  # type: ignore[arg-type]
    assert total("holders_psych_3") == counts
    assert total("certificates_psych_3") == counts


def test_a_kind_that_is_not_nationally_recognised_makes_no_holder() -> None:
    make_credential(make_counselor(make_school()), "cas_training")
    assert total("holders") == 0
    assert total("certificates_other_recognised") == 0


def test_somebody_without_a_posting_holds_nothing_for_the_ledger() -> None:
    make_credential(make_person(make_school()), "psych_2")
    assert total("holders") == 0


def test_a_kind_counts_by_the_rule_of_the_day(session: Session) -> None:
    make_credential(make_counselor(make_school()), "vocational_level")
    kind = session.scalars(
        select(CredentialKind).where(CredentialKind.code == "vocational_level")
    ).one()
    rule = session.scalars(
        select(CredentialKindRule).where(CredentialKindRule.kind_id == kind.id)
    ).one()
    change(rule, valid_until=BEFORE)
    save(
        CredentialKindRule(
            kind_id=kind.id,
            counts_as=CountsAs.OTHER,
            rank=0,
            nationally_recognised=False,
            valid_from=DAY,
        ),
    )
    assert total("holders_other_recognised", BEFORE) == 1
    assert total("holders_other_recognised", DAY) == 0


def test_a_moved_holder_counts_at_the_new_main_posting() -> None:
    person = make_counselor(make_school(CHUXIONG_CITY), valid_until=BEFORE)
    make_posting(person, make_school(LUFENG), valid_from=DAY)
    make_credential(person, "psych_2")
    found = ledger()
    assert row_of(found, LUFENG)["holders_psych_2"] == 1
    assert row_of(found, CHUXIONG_CITY)["holders_psych_2"] == 0


def test_a_chain_of_renewals_counts_once_from_each_ones_day() -> None:
    person = make_counselor(make_school())
    old = make_credential(
        person, "psych_3", issued_on=date(2018, 1, 1), expires_on=date(2023, 6, 30)
    )
    new = make_credential(person, "psych_3", issued_on=date(2023, 3, 1), expires_on=DAY)
    change(new, renews_id=old.id)
    days = [date(2023, 2, 28), date(2023, 3, 1), date(2023, 6, 30), date(2023, 7, 1), DAY, AFTER]
    assert [total("certificates_psych_3", day) for day in days] == [1, 1, 1, 1, 1, 0]
    assert [total("holders_psych_3", day) for day in days] == [1, 1, 1, 1, 1, 0]


def test_a_renewal_that_is_not_verified_or_was_revoked_leaves_the_old_one_counting() -> None:
    person = make_counselor(make_school())
    old = make_credential(person, "psych_3", issued_on=date(2018, 1, 1))
    new = make_credential(
        person, "psych_3", issued_on=date(2023, 3, 1), state=CredentialState.CLAIMED
    )
    change(new, renews_id=old.id)
    assert total("certificates_psych_3") == 1
    change(new, state=CredentialState.VERIFIED)
    assert labels(rows("certificates_psych_3")) == labels(rows("holders_psych_3"))
    change(new, revoked_on=date(2023, 5, 1))
    days = [date(2023, 4, 30), DAY]
    assert [total("certificates_psych_3", day) for day in days] == [1, 1]


def test_a_rule_that_changes_leaves_the_figures_of_days_before(session: Session) -> None:
    make_credential(make_counselor(make_school()), "cas_training")
    days = [date(2022, 12, 31), date(2023, 1, 1), DAY]
    assert [total("holders_other_recognised", day) for day in days] == [0, 0, 0]
    bureau = make_actor("bureau", CHUXIONG)
    kind = session.scalars(
        select(CredentialKind.id).where(CredentialKind.code == "cas_training")
    ).one()
    rule = KindRuleFacts(
        valid_from=date(2023, 1, 1),
        counts_as=CountsAs.OTHER,
        nationally_recognised=True,
        basis="文件",
    )
    with atomic():
        add_kind_rule(kind, rule, actor=bureau)
    assert [total("holders_other_recognised", day) for day in days] == [0, 1, 1]
    later = replace(rule, valid_from=DAY, counts_as=CountsAs.PSYCH_3)
    with atomic():
        add_kind_rule(kind, later, actor=bureau)
    assert [total("holders_other_recognised", day) for day in days] == [0, 1, 0]
    assert [total("holders_psych_3", day) for day in days] == [0, 0, 1]


def test_a_chain_counts_once_also_when_a_link_of_it_was_revoked() -> None:
    person = make_counselor(make_school())
    first = make_credential(person, "psych_3", issued_on=date(2016, 1, 1), number="1")
    second = make_credential(person, "psych_3", issued_on=date(2019, 1, 1), number="2")
    third = make_credential(person, "psych_3", issued_on=date(2022, 1, 1), number="3")
    change(second, renews_id=first.id, revoked_on=date(2022, 6, 1))
    change(third, renews_id=second.id)
    days = [date(2020, 1, 1), date(2022, 3, 1), DAY]
    assert [total("certificates_psych_3", day) for day in days] == [1, 1, 1]
    change(second, revoked_on=date(2020, 6, 1))
    days = [date(2020, 1, 1), date(2021, 1, 1), DAY]
    assert [total("certificates_psych_3", day) for day in days] == [1, 1, 1]
