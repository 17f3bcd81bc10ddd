"""What the verification of credentials puts on the home page."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from app.blueprints.home.tasks import Task, counted_task
from app.domain.certificates.queries.credentials import expiring_credentials, waiting_credentials


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


@counted_task("credentials.verify", lambda actor: expiring_credentials(actor.unit_path))
def expiring(count: int) -> Task:
    """Verified credentials that end within 90 days and were not renewed."""
    return Task(
        key="credentials_expiring",
        label=ngettext(
            "credential expires within 90 days", "credentials expire within 90 days", count
        ),
        count=count,
        url=url_for("credentials.index", life="expires_soon"),
        icon="hourglass",
    )
