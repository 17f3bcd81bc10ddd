"""A workshop's page and its roster, kept between requests: what happens elsewhere shows on the very next one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import atomic, db
from app.domain.accounts.models import Account
from app.domain.accounts.rules import system_actor
from app.domain.people.models import Person
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment, Workshop, WorkshopTrainer
from app.domain.workshops.operations.enrolling import withdraw
from app.domain.workshops.rules.words import TrainerRole, WorkshopStatus
from tests import factories as make
from tests.workshop_factories import enrol_one, make_workshop

Ids = dict[str, int]


@pytest.fixture
def ids(app: Flask) -> Ids:
    with app.app_context():
        school = make.make_school(name="鹿城小学")
        workshop = make_workshop(capacity=1)
        trainer = make.make_account("trainer", make.CHUXIONG)
        assigned = WorkshopTrainer(
            workshop_id=workshop.id, account_id=trainer.id, role=TrainerRole.TRAINER
        )
        return {
            "workshop": workshop.id,
            "school": school.id,
            "assigned": make.save(assigned).id,
            "trainer": trainer.id,
            "bureau": make.make_account("bureau", make.CHUXIONG).id,
            "elsewhere": make.make_account("bureau", "530900").id,
            "wang": make.make_counselor(school, "王一").id,
            "zhang": make.make_counselor(school, "张二").id,
        }


@pytest.fixture
def bureau(ids: Ids, sign_in: Callable[[int], FlaskClient]) -> FlaskClient:
    return sign_in(ids["bureau"])


def page(client: FlaskClient, ids: Ids, part: str = "") -> str:
    """The page, asked for twice: what is kept is what was rendered."""
    address = f"/workshops/{ids['workshop']}{part}"
    first = client.get(address)
    assert first.status_code == 200
    assert client.get(address).text == first.text
    return first.text


def enrol(app: Flask, ids: Ids, name: str) -> int:
    with app.app_context():
        workshop = db.session.get_one(Workshop, ids["workshop"])
        return enrol_one(workshop, db.session.get_one(Person, ids[name])).enrolment.id


def rename(app: Flask, model: type, key: int, column: str) -> None:
    with app.app_context(), atomic():
        setattr(db.session.get_one(model, key), column, "新名称")


def test_the_second_view_asks_for_the_account_and_the_stamp(
    app: Flask, ids: Ids, bureau: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    enrol(app, ids, "wang")
    for part in ("", "/roster"):
        page(bureau, ids, part)
        address = f"/workshops/{ids['workshop']}{part}"
        assert count_queries(lambda address=address: bureau.get(address)) == 2  # type: ignore[misc]


def test_who_comes_and_goes_shows_at_once(app: Flask, ids: Ids, bureau: FlaskClient) -> None:
    assert "0 / 1" in page(bureau, ids)
    assert "王一" not in page(bureau, ids, "/roster")
    seated = enrol(app, ids, "wang")
    assert "1 / 1" in page(bureau, ids)
    assert "王一" in page(bureau, ids, "/roster")
    enrol(app, ids, "zhang")
    assert "张二" in page(bureau, ids, "/roster")
    with app.app_context(), atomic():
        withdraw(seated, actor=system_actor("test"), reason="病假")
    roster = page(bureau, ids, "/roster")
    assert "王一" not in roster
    assert "张二" in roster


def test_a_note_about_somebody_shows_at_once(app: Flask, ids: Ids, bureau: FlaskClient) -> None:
    enrolment = enrol(app, ids, "wang")
    assert "新名称" not in page(bureau, ids, "/roster")
    rename(app, Enrolment, enrolment, "note")
    assert "新名称" in page(bureau, ids, "/roster")


@pytest.mark.parametrize(
    ("model", "key", "column", "part"),
    [
        (Workshop, "workshop", "title", ""),
        (Workshop, "workshop", "title", "/roster"),
        (Account, "trainer", "display_name", ""),
        (Person, "wang", "name", "/roster"),
        (Unit, "school", "name", "/roster"),
    ],
)
def test_a_new_name_shows_at_once(
    app: Flask, ids: Ids, bureau: FlaskClient, model: type, key: str, column: str, part: str
) -> None:
    enrol(app, ids, "wang")
    assert "新名称" not in page(bureau, ids, part)
    rename(app, model, ids[key], column)
    assert "新名称" in page(bureau, ids, part)


def test_who_is_a_trainer_no_longer_sees_nothing_that_is_kept(
    app: Flask, ids: Ids, sign_in: Callable[[int], FlaskClient]
) -> None:
    trainer = sign_in(ids["trainer"])
    for part in ("", "/roster"):
        page(trainer, ids, part)
    with app.app_context(), atomic() as session:
        session.delete(session.get_one(WorkshopTrainer, ids["assigned"]))
    for part in ("", "/roster"):
        assert trainer.get(f"/workshops/{ids['workshop']}{part}").status_code == 404


def test_what_is_kept_for_one_prefecture_is_not_shown_to_another(
    ids: Ids, bureau: FlaskClient, sign_in: Callable[[int], FlaskClient]
) -> None:
    page(bureau, ids)
    assert sign_in(ids["elsewhere"]).get(f"/workshops/{ids['workshop']}").status_code == 404


def test_advice_about_a_draft_is_never_kept(
    app: Flask, ids: Ids, bureau: FlaskClient, count_queries: Callable[[Callable[[], object]], int]
) -> None:
    with app.app_context(), atomic():
        db.session.get_one(Workshop, ids["workshop"]).status = WorkshopStatus.DRAFT
    page(bureau, ids)
    assert count_queries(lambda: bureau.get(f"/workshops/{ids['workshop']}")) > 4
