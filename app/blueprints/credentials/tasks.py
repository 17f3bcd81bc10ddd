"""What the verification of credentials puts on the home page."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from app.blueprints.home.tasks import Task, home_task
from app.domain.accounts.rules import Actor
from app.domain.certificates.queries.credentials import count_waiting


@home_task("credentials.verify")
def waiting_credentials(actor: Actor) -> Task | None:
    """Credentials that wait for verification."""
    count = count_waiting(actor.unit_path)
    if not count:
        return None
    return Task(
        key="credentials",
        label=ngettext(
            "credential waits for verification", "credentials wait for verification", count
        ),
        count=count,
        url=url_for("credentials.queue"),
        icon="certificate",
    )
