"""What certificates put on the home page of who issues them."""

from __future__ import annotations

from flask import url_for
from flask_babel import ngettext

from app.blueprints.home.tasks import Task, Urgency, counted_task
from app.domain.certificates.queries.batches import waiting_batches
from app.domain.certificates.queries.uncertified import uncertified_trainings
from app.domain.certificates.queries.ungrounded import ungrounded_certificates
from app.domain.certificates.rules.words import BatchState


@counted_task("certificates.issue", lambda actor: waiting_batches(actor.unit_id, BatchState.FAILED))
def stopped(count: int) -> Task:
    """Batches of one's own unit whose papers could not be made."""
    return Task(
        key="batches_stopped",
        label=ngettext(
            "batch of certificates stopped: its papers are not made",
            "batches of certificates stopped: their papers are not made",
            count,
        ),
        count=count,
        url=url_for("certificates.batches", state=BatchState.FAILED.value, own="yes"),
        urgency=Urgency.NOW,
        icon="circle-x",
    )


@counted_task("certificates.revoke", lambda actor: ungrounded_certificates(actor.unit_id))
def ungrounded(count: int) -> Task:
    """Valid certificates of one's own unit whose training was withdrawn or is not passed any more."""
    return Task(
        key="ungrounded",
        label=ngettext(
            "valid certificate stands on a training that was withdrawn",
            "valid certificates stand on a training that was withdrawn",
            count,
        ),
        count=count,
        url=url_for("certificates.index", look="ungrounded"),
        icon="alert-triangle",
    )


@counted_task("certificates.issue", lambda actor: waiting_batches(actor.unit_id, BatchState.DRAFT))
def prepared(count: int) -> Task:
    """Batches of one's own unit that wait to be issued."""
    return Task(
        key="batches_prepared",
        label=ngettext(
            "batch of certificates is prepared and not issued yet",
            "batches of certificates are prepared and not issued yet",
            count,
        ),
        count=count,
        url=url_for("certificates.batches", state=BatchState.DRAFT.value, own="yes"),
        icon="certificate",
    )


@counted_task("certificates.issue", uncertified_trainings)
def uncertified(count: int) -> Task:
    """Finished trainings of one's own unit without certificates."""
    return Task(
        key="uncertified",
        label=ngettext(
            "training is finished and has no certificates yet",
            "trainings are finished and have no certificates yet",
            count,
        ),
        count=count,
        url=url_for("certificates.start", show="without"),
        urgency=Urgency.WHEN_THERE_IS_TIME,
        icon="school",
    )
