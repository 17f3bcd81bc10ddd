"""Background work for administrators: states, messages, once more; no addresses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock, jobs
from app.core.db import atomic, db
from app.core.jobs import Job, JobState
from app.domain.accounts.rules import Role
from app.domain.audit.models import AuditEntry
from app.domain.outbox.models import Delivery, DeliveryState, Notice
from app.domain.outbox.operations import notify
from tests import factories

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def admin(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        account_id = factories.make_account("admin", factories.CHUXIONG).id
    return sign_in(account_id)


def make_job(app: Flask, **columns: Any) -> int:
    with app.app_context():
        with atomic():
            job = jobs.enqueue("test", {})
            for name, value in columns.items():
                setattr(job, name, value)
        return job.id


def make_failed_delivery(app: Flask) -> int:
    with app.app_context():
        with atomic():
            notice_id = notify(1, "password_reset", {"minutes": 30}, email="li.mei@example.org")
            delivery = db.session.get_one(Notice, notice_id).deliveries[0]
            delivery.state = DeliveryState.FAILED
            delivery.attempts, delivery.last_error = 6, "refused: 550"
        return delivery.id


def post(client: FlaskClient, page: str, address: str) -> Any:
    token = client.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]
    return client.post(address, data={"csrf_token": token})


def test_shows_progress_and_errors(app: Flask, admin: FlaskClient) -> None:
    make_job(app, state=JobState.RUNNING, done=1200, total=20000)
    make_job(app, state=JobState.FAILED, error="工作簿已损坏", finished_at=clock.now())
    page = admin.get("/jobs/").text
    assert "1,200 / 20,000" in page
    assert "工作簿已损坏" in page


def test_shows_jobs_of_one_state(app: Flask, admin: FlaskClient) -> None:
    make_job(app)
    make_job(app, state=JobState.FAILED, error="工作簿已损坏")
    assert "工作簿已损坏" not in admin.get("/jobs/?state=queued").text
    assert "工作簿已损坏" in admin.get("/jobs/?state=failed").text


def test_starts_a_failed_job_again_and_records_it(app: Flask, admin: FlaskClient) -> None:
    job_id = make_job(app, state=JobState.FAILED, error="x", attempts=3)
    assert post(admin, "/jobs/", f"/jobs/{job_id}/retry").status_code == 302
    with app.app_context():
        job = db.session.get_one(Job, job_id)
        assert (job.state, job.attempts, job.error) == (JobState.QUEUED, 0, None)
        assert db.session.scalar(select(AuditEntry.action)) == "jobs.retry"


def test_refuses_to_start_a_running_job_again(app: Flask, admin: FlaskClient) -> None:
    job_id = make_job(app, state=JobState.RUNNING)
    assert post(admin, "/jobs/", f"/jobs/{job_id}/retry").status_code == 409


def test_shows_what_could_not_be_delivered_without_addresses(
    app: Flask, admin: FlaskClient
) -> None:
    make_failed_delivery(app)
    page = admin.get("/jobs/notices").text
    assert "refused: 550" in page
    assert "li.mei" not in page


def test_sends_a_failed_notice_again_and_records_it(app: Flask, admin: FlaskClient) -> None:
    delivery_id = make_failed_delivery(app)
    assert post(admin, "/jobs/notices", f"/jobs/notices/{delivery_id}/retry").status_code == 302
    with app.app_context():
        delivery = db.session.get_one(Delivery, delivery_id)
        assert (delivery.state, delivery.attempts) == (DeliveryState.QUEUED, 0)
        assert db.session.scalar(select(AuditEntry.action)) == "outbox.retry"


def test_says_when_there_is_nothing(admin: FlaskClient) -> None:
    assert admin.get("/jobs/").status_code == 200
    assert admin.get("/jobs/notices").status_code == 200
    assert admin.get("/jobs/?page=2").status_code == 404


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
@pytest.mark.parametrize("address", ["/jobs/", "/jobs/notices"])
def test_is_for_administrators_only(app: Flask, sign_in: SignIn, role: Role, address: str) -> None:
    with app.app_context():
        account_id = factories.make_account(role, factories.CHUXIONG).id
    assert sign_in(account_id).get(address).status_code == 403
