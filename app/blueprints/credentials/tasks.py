"""What credentials that people bring put on the home page: of who verifies them, and of who holds them."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from app.blueprints.home.tasks import Task, Urgency, counted_task
from app.domain.certificates.queries.credentials import expiring_credentials, waiting_credentials
from app.domain.certificates.queries.of_person import own_expiring, own_sent_back


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


@counted_task("certificates.hold", lambda actor: own_sent_back(actor.account_id))
def sent_back(count: int) -> Task:
    """One's own that wait to be mended."""
    return Task(
        key="credentials_sent_back",
        label=ngettext(
            "certificate of yours was sent back: mend it and bring it again",
            "certificates of yours were sent back: mend them and bring them again",
            count,
        ),
        count=count,
        url=url_for("credentials.mine"),
        urgency=Urgency.NOW,
        icon="arrow-back-up",
    )


@counted_task("certificates.hold", lambda actor: own_expiring(actor.account_id))
def own_ending(count: int) -> Task:
    """One's own that end soon."""
    return Task(
        key="credentials_ending",
        label=ngettext(
            "certificate of yours expires within 90 days: renew it in time",
            "certificates of yours expire within 90 days: renew them in time",
            count,
        ),
        count=count,
        url=url_for("credentials.mine"),
        icon="hourglass",
    )
