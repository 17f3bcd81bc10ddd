"""Signing keys: one current at a time, old signatures stay good; on both databases."""

from __future__ import annotations

from flask import Flask
from sqlalchemy.orm import Session

from app.core.db import atomic, db
from app.domain.certificates.models import SigningKey
from app.domain.certificates.operations.keys import (
    facts_key,
    find_current_key,
    is_signed_by,
    list_keys,
    rotate_facts_key,
    sign,
)
from app.domain.certificates.rules.words import KeyUse
from tests import factories as make
from tests.concurrency import at_once


def test_the_first_use_makes_the_key_and_the_next_one_finds_it(session: Session) -> None:
    with atomic():
        first = facts_key().id
    with atomic():
        assert facts_key().id == first


def test_what_an_old_key_signed_stays_checkable(session: Session) -> None:
    admin = make.make_actor("admin", make.CHUXIONG)
    with atomic():
        old = facts_key()
        signature, name = sign(old, b"facts"), old.name
    with atomic():
        new = rotate_facts_key(actor=admin).name
    assert new != name
    current = find_current_key(KeyUse.FACTS)
    assert current is not None
    assert current.name == new
    kept = next(key for key in list_keys(KeyUse.FACTS) if key.name == name)
    assert kept.retired_at is not None
    assert is_signed_by(kept.public_key, b"facts", signature)
    assert not is_signed_by(current.public_key, b"facts", signature)


def test_two_rotations_at_once_leave_one_current_key(app: Flask, session: Session) -> None:
    admin = make.make_actor("admin", make.CHUXIONG)
    with atomic():
        facts_key()

    def act() -> None:
        rotate_facts_key(actor=admin)

    outcomes = at_once(app, act, act)
    assert "done" in outcomes
    assert set(outcomes) <= {"done", "key_exists"}
    keys = db.session.query(SigningKey).all()
    assert len([key for key in keys if key.retired_at is None]) == 1
    assert len(keys) == 1 + outcomes.count("done")
