"""Background work for administrators: what runs, what failed and why, and once more."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, requires
from app.blueprints.asking import asked_choice, asked_page, refuse_beyond
from app.blueprints.jobs.words import CHANNELS, DELIVERY_STATES, JOB_STATES, kind_words
from app.core import jobs
from app.core.errors import DomainError
from app.core.jobs import JobState
from app.core.jobs.queries import count_jobs, list_jobs
from app.domain.audit.operations import record
from app.domain.outbox.models import DeliveryState
from app.domain.outbox.operations import retry_delivery
from app.domain.outbox.queries import list_troubled_deliveries
from app.domain.outbox.wording import words_of

blueprint = Blueprint("jobs", __name__)


@blueprint.get("/")
@requires("jobs.read")
def index() -> str:
    """The jobs, the newest first."""
    state = asked_choice("state", JobState)
    page = list_jobs(state, page=asked_page())
    refuse_beyond(page)
    counts = count_jobs()
    return render_template(
        "jobs/index.html",
        page=page,
        state=state,
        choices=[(name, f"{words[0]} {counts.get(name, 0)}") for name, words in JOB_STATES.items()],
        states=JOB_STATES,
        kind_words=kind_words,
    )


@blueprint.post("/<int:job_id>/retry")
@requires("jobs.read")
def retry(job_id: int) -> Response:
    """Start a failed job again."""
    with acting() as actor:
        if not jobs.retry(job_id):
            raise DomainError(_("Only a job that has failed can start again."), "not_failed")
        record(actor, "jobs.retry", object_type="job", object_id=job_id)
    flash(_("The job starts again within seconds."), "success")
    return redirect(url_for("jobs.index"))


@blueprint.get("/notices")
@requires("jobs.read")
def notices() -> str:
    """Notices whose delivery failed or waits after a failure; no addresses."""
    page = list_troubled_deliveries(page=asked_page())
    refuse_beyond(page)
    return render_template(
        "jobs/notices.html",
        page=page,
        states=DELIVERY_STATES,
        channels=CHANNELS,
        failed=DeliveryState.FAILED,
        words_of=words_of,
    )


@blueprint.post("/notices/<int:delivery_id>/retry")
@requires("jobs.read")
def retry_notice(delivery_id: int) -> Response:
    """Send a failed notice again."""
    with acting() as actor:
        if not retry_delivery(delivery_id):
            raise DomainError(_("Only a delivery that has failed can be sent again."), "not_failed")
        record(actor, "outbox.retry", object_type="delivery", object_id=delivery_id)
    flash(_("The notice is sent again within seconds."), "success")
    return redirect(url_for("jobs.notices"))
