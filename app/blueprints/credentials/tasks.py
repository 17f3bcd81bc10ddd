"""What the verification of credentials puts on the home page."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from app.blueprints.home.tasks import Task, counted_task
from app.domain.certificates.queries.credentials import waiting_credentials


@counted_task("credentials.verify", lambda actor: waiting_credentials(actor.unit_path))
def to_verify(count: int) -> Task:
    """Credentials that wait for verification."""
    return Task(
        key="credentials",
        label=ngettext(
            "credential waits for verification", "credentials wait for verification", count
        ),
        count=count,
        url=url_for("credentials.queue"),
        icon="certificate",
    )
