"""What waits on the home page of who runs workshops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.workshops.models import LeaveRequest
from app.domain.workshops.models.planning import WorkshopTrainer
from tests import attendance_factories as course
from tests import factories as make
from tests.conftest import TODAY
from tests.workshop_factories import make_session

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def ids(app: Flask) -> dict[str, int]:
    """A workshop with a session today and a request for leave, and one that is over."""
    with app.app_context():
        people = [make.make_counselor(make.make_school(make.LUFENG), "李桃艳")]
        running = course.make_running(people, title="进行中的班")
        today = make_session(running, TODAY + timedelta(hours=3))
        asked = LeaveRequest(
            session_id=today.id,
            enrolment_id=course.enrolment_of(running, people[0]).id,
            reason="有事",
            asked_at=TODAY,
        )
        trainer = make.make_account("trainer", make.CHUXIONG)
        make.save(asked, WorkshopTrainer(workshop_id=running.id, account_id=trainer.id))
        over = course.make_running([], title="已结束的班")
        course.past_session(over)
        return {
            "running": running.id,
            "today": today.id,
            "over": over.id,
            "trainer": trainer.id,
            "bureau": make.make_account("bureau", make.CHUXIONG).id,
            "elsewhere": make.make_account("bureau", make.LINCANG).id,
            "other_trainer": make.make_account("trainer", make.CHUXIONG).id,
        }


def _shown(client: FlaskClient, ids: dict[str, int]) -> tuple[bool, bool, bool]:
    """Whether the home page leads to leave, to the code of today, to closing."""
    page = client.get("/").text
    running, over = f"/workshops/{ids['running']}", f"/workshops/{ids['over']}"
    return (
        f'"{running}/attendance"' in page,
        f'"{running}/attendance/{ids["today"]}/code"' in page,
        f'"{over}/completion"' in page,
    )


def test_each_sees_what_is_theirs_to_do(ids: dict[str, int], sign_in: SignIn) -> None:
    shown = {
        name: _shown(sign_in(ids[name]), ids)
        for name in ("trainer", "bureau", "elsewhere", "other_trainer")
    }
    assert shown == {
        "trainer": (True, True, False),
        "bureau": (True, False, True),
        "elsewhere": (False, False, False),
        "other_trainer": (False, False, False),
    }
