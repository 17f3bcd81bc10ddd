"""Merging two records of somebody with certificates under both: each stays once, along its chain, and all of it moves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, crypto
from app.core.db import Base, atomic, db
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import (
    BatchEntry,
    Certificate,
    Credential,
    CredentialFile,
    CredentialReminder,
    WalletShare,
)
from app.domain.certificates.queries.verifying import find_by_name, find_public
from app.domain.certificates.queries.wallet import find_shared, list_shown_certificates
from app.domain.certificates.rules import CredentialState
from app.domain.people.models import Person
from app.domain.personal_data.operations.merging import merge_people
from app.domain.personal_data.operations.undoing import undo_merge
from tests import factories as make
from tests.issued_factories import make_certificate

TABLES = (
    "credentials",
    "credential_files",
    "credential_reminders",
    "certificates",
    "certificate_batch_entries",
    "wallet_shares",
)
CLAIMED, VERIFIED = CredentialState.CLAIMED, CredentialState.VERIFIED


@pytest.fixture
def bureau(session: Session) -> Actor:
    return make.make_actor("bureau", make.CHUXIONG)


@pytest.fixture
def two(session: Session) -> tuple[int, int]:
    school = make.make_school(make.LUFENG)
    return make.make_counselor(school, "李梅").id, make.make_counselor(school, "李 梅").id


def person(person_id: int) -> Person:
    return db.session.get_one(Person, person_id)


def brought(
    person_id: int, number: str, issued_on: date, renews: int | None = None, state=VERIFIED
) -> int:
    """A credential of the kind psych_2, perhaps one that renews another."""
    made = make.make_credential(
        person(person_id),
        number=f"{number}-{person_id}-{issued_on}",
        issued_on=issued_on,
        state=state,
    )
    with atomic():
        made = db.session.get_one(Credential, made.id)
        made.renews_id = renews
        made.number = made.number_key = number
    return made.id


def everything() -> dict[str, list[dict]]:
    db.session.rollback()
    found = {}
    for name in TABLES:
        table = Base.metadata.tables[name]
        rows = db.session.execute(select(table).order_by(table.c.id)).mappings()
        found[name] = [
            {key: value for key, value in row.items() if key != "row_version"} for row in rows
        ]
    return found


def merge_and_see(two: tuple[int, int], actor: Actor) -> dict[int, int | None]:
    """What stands after the merge and what each renews; taken back, all is as it was."""
    before = everything()
    with atomic():
        merge_id = merge_people(*two, take=(), actor=actor, reason="同一人").id
    rows = db.session.scalars(select(Credential).where(Credential.person_id == two[0]))
    stands = {row.id: row.renews_id for row in rows if row.state is not CredentialState.REJECTED}
    with atomic():
        undo_merge(merge_id, actor=actor, reason="误合并")
    assert everything() == before
    return stands


def test_of_two_chains_of_one_number_each_link_stays_once(
    two: tuple[int, int], bureau: Actor
) -> None:
    kept, merged = two
    first = brought(kept, "123", date(2012, 1, 1))
    brought(kept, "123", date(2015, 1, 1), first, CLAIMED)
    twin = brought(merged, "123", date(2012, 1, 1))
    better = brought(merged, "123", date(2015, 1, 1), twin)
    third = brought(merged, "123", date(2018, 1, 1), better)
    assert merge_and_see(two, bureau) == {first: None, better: first, third: better}


def test_a_renewal_is_kept_when_what_it_renews_stands_in_the_other_record(
    two: tuple[int, int], bureau: Actor
) -> None:
    kept, merged = two
    first = brought(kept, "123", date(2012, 1, 1))
    twin = brought(merged, "123", date(2012, 1, 1))
    renewal = brought(merged, "123", date(2015, 1, 1), twin)
    assert merge_and_see(two, bureau) == {first: None, renewal: first}


def test_a_renewal_that_stood_alone_takes_its_place_in_the_chain(
    two: tuple[int, int], bureau: Actor
) -> None:
    kept, merged = two
    first = brought(kept, "123", date(2012, 1, 1))
    brought(kept, "123", date(2015, 1, 1), first, CLAIMED)
    alone = brought(merged, "123", date(2015, 1, 1))
    assert merge_and_see(two, bureau) == {first: None, alone: first}


def test_two_renewals_of_one_certificate_stand_one_behind_the_other(
    two: tuple[int, int], bureau: Actor
) -> None:
    kept, merged = two
    first = brought(kept, "123", date(2012, 1, 1))
    last = brought(kept, "9", date(2020, 1, 1), first)
    twin = brought(merged, "123", date(2012, 1, 1))
    middle = brought(merged, "7", date(2016, 1, 1), twin)
    assert merge_and_see(two, bureau) == {first: None, middle: first, last: middle}


def test_everything_that_hangs_on_certificates_moves(two: tuple[int, int], bureau: Actor) -> None:
    kept, merged = two
    mine, other = make_certificate(person(kept)), make_certificate(person(merged))
    mine_id, other_id, number, code = mine.id, other.id, other.number, other.code
    credential_id = brought(merged, "123", date(2012, 1, 1))
    now = clock.now()
    make.save(
        CredentialFile(
            credential_id=credential_id, file_key="k", file_name="证书.jpg", size=9,
            content_type="image/jpeg", digest="d", uploaded_at=now,
        )
    )  # fmt: skip
    make.save(
        CredentialReminder(
            credential_id=credential_id, expires_on=date(2026, 1, 1), days=30, given_at=now
        )
    )
    make.save(
        WalletShare(
            person_id=merged, token_hash=crypto.token_hash("t"), token_sealed=b"",
            created_at=now, expires_at=now + timedelta(days=7),
        )
    )  # fmt: skip
    with atomic():
        merge_people(kept, merged, take=(), actor=bureau, reason="同一人")
    owners = dict(db.session.execute(select(Certificate.id, Certificate.person_id)).all())
    assert owners == {mine_id: kept, other_id: kept}
    assert db.session.get_one(Credential, credential_id).person_id == kept
    assert db.session.scalars(select(CredentialFile.credential_id)).all() == [credential_id]
    assert db.session.scalars(select(CredentialReminder.credential_id)).all() == [credential_id]
    shared = find_shared("t")
    assert shared is not None
    assert {one.id for one in list_shown_certificates(shared.person_id)} == {mine_id, other_id}
    assert find_public(number, code) is not None  # the paper says what it said
    assert find_by_name(number, "李 梅") is not None


def test_chosen_for_one_batch_under_both_they_are_chosen_once(
    two: tuple[int, int], bureau: Actor
) -> None:
    kept, merged = two
    batch_id = make_certificate(person(kept)).batch_id
    for position, person_id in enumerate(two, 1):
        make.save(BatchEntry(batch_id=batch_id, person_id=person_id, position=position))
    before = everything()
    with atomic():
        merge_id = merge_people(kept, merged, take=(), actor=bureau, reason="同一人").id
    assert db.session.scalars(select(BatchEntry.person_id)).all() == [kept]
    with atomic():
        undo_merge(merge_id, actor=bureau, reason="误合并")
    assert everything() == before
