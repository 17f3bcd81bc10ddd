"""Links to a teacher's certificates: until they end or are withdrawn; on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock
from app.core.db import atomic, db
from app.core.errors import DomainError
from app.domain.accounts.rules import Actor
from app.domain.audit.models import AuditEntry
from app.domain.certificates.models import WalletShare
from app.domain.certificates.operations.sharing import note_seen, share, withdraw
from app.domain.certificates.queries.wallet import find_shared, token_of
from tests import factories as make
from tests.concurrency import at_once
from tests.conftest import TODAY


@pytest.fixture
def teacher(session: Session) -> Actor:
    school = make.make_school(make.CHUXIONG_CITY)
    person = make.make_counselor(school, "李桃艳")
    actor = make.make_actor("teacher", school)
    with atomic():
        person.account_id = actor.account_id
    return actor


def made(teacher: Actor, days: int = 30) -> WalletShare:
    with atomic():
        return share(days, "应聘", actor=teacher)


def refusal(act) -> str:
    with pytest.raises(DomainError) as caught, atomic():
        act()
    return caught.value.code


def test_a_link_shows_until_its_last_moment(teacher: Actor) -> None:
    token = token_of(made(teacher, 7))
    assert find_shared(token) is not None
    with clock.frozen(TODAY + timedelta(days=7) - timedelta(seconds=1)):
        assert find_shared(token) is not None
    with clock.frozen(TODAY + timedelta(days=7)):
        assert find_shared(token) is None
    assert find_shared(token + "x") is None


def test_a_withdrawn_link_shows_nothing_and_is_withdrawn_once(teacher: Actor) -> None:
    link = made(teacher)
    token, link_id = token_of(link), link.id
    with atomic():
        withdraw(link_id, actor=teacher)
    assert find_shared(token) is None
    assert refusal(lambda: withdraw(link_id, actor=teacher)) == "closed"


def test_nobody_withdraws_anothers_link(teacher: Actor) -> None:
    link_id = made(teacher).id
    other = make.make_actor("teacher", make.LUFENG)
    assert refusal(lambda: withdraw(link_id, actor=other)) == "not_found"


def test_refuses_odd_times_and_long_texts(teacher: Actor) -> None:
    assert refusal(lambda: share(8, "", actor=teacher)) == "days"
    assert refusal(lambda: share(7, "长" * 121, actor=teacher)) == "too_long"


def test_the_token_is_kept_sealed_and_the_acts_are_recorded(teacher: Actor) -> None:
    link = made(teacher)
    assert token_of(link) not in (link.token_hash, str(link.token_sealed))
    with atomic():
        withdraw(link.id, actor=teacher)
    actions = [entry.action for entry in db.session.query(AuditEntry).order_by(AuditEntry.id)]
    assert actions[-2:] == ["wallets.share", "wallets.withdraw"]


def test_two_views_at_once_are_two(app: Flask, teacher: Actor) -> None:
    link_id = made(teacher).id
    assert at_once(app, lambda: note_seen(link_id), lambda: note_seen(link_id)) == ["done", "done"]
    db.session.rollback()
    assert db.session.get_one(WalletShare, link_id).seen == 2


def test_the_twenty_first_link_is_refused_also_when_two_ask_at_once(
    app: Flask, teacher: Actor
) -> None:
    for _ in range(19):
        made(teacher)
    outcomes = at_once(
        app, lambda: share(7, "", actor=teacher), lambda: share(7, "", actor=teacher)
    )
    assert sorted(outcomes) == ["done", "too_many"]
