"""Batches of certificates: the list, one while it is prepared, issued and printed."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.asking import asked_choice, asked_page, asked_text, refuse_beyond
from app.blueprints.certificates.blueprint import blueprint
from app.blueprints.certificates.issued import standing_today
from app.blueprints.certificates.trainings import training_address
from app.blueprints.certificates.words import BATCH_STATES, KINDS, SOURCES, STANDINGS
from app.domain.certificates.models import CertificateBatch
from app.domain.certificates.operations.issuing import issuer_name
from app.domain.certificates.operations.making import has_failed
from app.domain.certificates.operations.previewing import preview
from app.domain.certificates.queries.batches import (
    BatchFilter,
    get_batch,
    list_batches,
    list_chosen,
    list_others,
    read_progress,
)
from app.domain.certificates.queries.issued import CertificateFilter, list_certificates
from app.domain.certificates.refusals import REFUSALS
from app.domain.certificates.rules.words import BatchState, CertificateKind, SourceKind

WORDS = {
    "kinds": KINDS,
    "sources": SOURCES,
    "states": BATCH_STATES,
    "standings": STANDINGS,
    "refusals": REFUSALS,
    "issuer_name": issuer_name,
    "standing_of": standing_today,
}


@blueprint.get("/batches")
@requires("certificates.issue")
def batches() -> str:
    """Batches of the unit, the newest first."""
    state, kind = asked_choice("state", BatchState), asked_choice("kind", CertificateKind)
    actor = current_actor()
    unit_id = actor.unit_id if request.args.get("own") == "yes" else None
    wanted = BatchFilter(actor.unit_path, asked_text(), state, kind, unit_id=unit_id)
    page = list_batches(wanted, page=asked_page())
    refuse_beyond(page)
    chips = []
    if wanted.q:
        chips.append(("q", _("Search"), wanted.q))
    if state is not None:
        chips.append(("state", _("State"), str(BATCH_STATES[state][0])))
    if kind is not None:
        chips.append(("kind", _("Kind"), str(KINDS[kind])))
    if unit_id is not None:
        chips.append(("own", _("Issued by"), actor.unit_name))
    choices = [(one, words[0]) for one, words in BATCH_STATES.items()]
    return render_template(
        "certificates/batches.html", page=page, chips=chips, choices=choices, **WORDS
    )


@blueprint.get("/batches/<int:batch_id>")
@requires("certificates.issue")
def batch(batch_id: int) -> str:
    """One batch: whom it is for while it is prepared, then how far the papers are, then its certificates."""
    found = get_batch(batch_id, scope=current_actor().unit_path)
    if found.state is BatchState.DRAFT:
        return _draft_page(found)
    failed = has_failed(found)
    wanted = CertificateFilter(found.unit.path, batch_id=found.id)
    page = list_certificates(wanted, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "certificates/batch.html",
        batch=found,
        page=page,
        failed=failed,
        running=found.state is BatchState.ISSUING and not failed,
        training=training_of(found),
        progress=read_progress(found.id),
        **WORDS,
    )


def _draft_page(found: CertificateBatch) -> str:
    others = request.args.get("show") == "others"
    read = list_others if others else list_chosen
    page = read(found, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "certificates/draft.html",
        batch=found,
        page=page,
        others=others,
        training=training_of(found),
        progress=read_progress(found.id),
        **WORDS,
    )


def training_of(batch: CertificateBatch) -> str | None:
    """Where the training of a batch can be looked at; None where it stands on none."""
    if batch.source is not SourceKind.TRAINING:
        return None
    return training_address(batch.source_key, actor=current_actor())


@blueprint.get("/batches/<int:batch_id>/progress")
@requires("certificates.issue")
def batch_progress(batch_id: int) -> ResponseReturnValue:
    """How far the papers are, asked again every two seconds; leads to the batch when it is over."""
    found = get_batch(batch_id, scope=current_actor().unit_path)
    if found.state is BatchState.ISSUING and not has_failed(found):
        return render_template(
            "certificates/_progress.html", batch=found, progress=read_progress(found.id)
        )
    target = url_for("certificates.batch", batch_id=found.id)
    if "HX-Request" not in request.headers:
        return redirect(target)
    return Response(status=204, headers={"HX-Redirect": target})


@blueprint.get("/batches/<int:batch_id>/preview.png")
@requires("certificates.issue")
def batch_preview(batch_id: int) -> Response:
    """How the paper of somebody in a draft will look; without a number, which is given only when it is issued."""
    found = get_batch(batch_id, scope=current_actor().unit_path)
    person_id = request.args.get("person_id", type=int)
    picture = preview(found, person_id=person_id)
    return Response(picture, mimetype="image/png", headers={"Cache-Control": "no-store"})
