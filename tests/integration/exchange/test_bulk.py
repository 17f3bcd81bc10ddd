"""Rows inserted as the driver takes them are the rows that the models would have stored."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core.db import Base, atomic
from app.domain.exchange.bulk import insert_columns
from app.domain.exchange.planning import NewRow
from app.domain.exchange.writing import digest_of
from app.domain.people.models import Posting, TrainingRecord
from app.domain.people.rules import PostingRole, TrainingKind, TrainingLevel
from tests.factories import make_person, make_school


def test_stores_words_days_numbers_and_defaults_as_the_models_do(session: Session) -> None:
    school = make_school()
    people = [make_person(school, f"李{name}") for name in "甲乙"]
    with atomic():
        insert_columns(
            Base.metadata.tables["training_records"],
            {
                "person_id": [person.id for person in people],
                "unit_id": [school.id] * 2,
                "kind": [TrainingKind.TRAINING] * 2,
                "level": [TrainingLevel.COUNTY, TrainingLevel.NATIONAL],
                "title": ["培训", "培训"],
                "event_key": ["甲", "乙"],
                "started_on": [None, date(2022, 6, 13)],
                "ended_on": [date(2022, 6, 17)] * 2,
                "hours": [Decimal("12.5"), None],
            },
        )
    first, second = session.query(TrainingRecord).order_by(TrainingRecord.event_key.desc())
    assert (first.event_key, second.event_key) == ("甲", "乙")
    assert (first.level, second.level) == (TrainingLevel.COUNTY, TrainingLevel.NATIONAL)
    assert (first.started_on, second.started_on) == (None, date(2022, 6, 13))
    assert (first.hours, second.hours) == (Decimal("12.5"), None)
    assert first.passed is True


def test_a_constraint_still_refuses(session: Session) -> None:
    school = make_school()
    person = make_person(school, "李甲")
    with pytest.raises(IntegrityError), atomic():
        insert_columns(
            Base.metadata.tables["postings"],
            {
                "person_id": [person.id],
                "unit_id": [school.id],
                "role": [PostingRole.FULL_TIME],
                "valid_from": [date(2023, 2, 1)],
                "valid_until": [date(2023, 1, 1)],
            },
        )
    assert session.query(Posting).count() == 0


def test_the_digest_of_a_row_stays_what_earlier_imports_kept() -> None:
    """An import that landed with an earlier release must be taken back by this one."""
    person = NewRow("people", {})
    person.id = 7
    values = {
        "person_id": person,
        "role": PostingRole.FULL_TIME,
        "subject": "语文",
        "title": None,
        "valid_from": date(2018, 9, 1),
        "hours": Decimal("12.50"),
        "passed": True,
        "created_at": datetime(2023, 8, 10, 4, tzinfo=UTC),
        "sealed": b"x",
        "row_version": 3,
        "import_id": 9,
    }
    assert digest_of(values) == "d696af23a9c209d0"
