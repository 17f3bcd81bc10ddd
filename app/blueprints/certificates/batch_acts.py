"""Prepare a batch, choose its people, issue it, give it up, have its papers made again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.access.guards import current_actor, requires
from app.blueprints.asking import asked_choice, asked_page, asked_text, refuse_beyond
from app.blueprints.certificates.blueprint import blueprint
from app.blueprints.certificates.forms import BatchForm, known_facts
from app.blueprints.certificates.trainings import training_address
from app.blueprints.certificates.words import BATCH_STATES, KINDS, SOURCES
from app.blueprints.choosing import chooser_page, chosen_people, is_choosing
from app.blueprints.people.acts import Answer, attempt, form_page, seen_version
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import CertificateTemplate
from app.domain.certificates.operations import batches as operations
from app.domain.certificates.operations.issuing import issue_batch
from app.domain.certificates.operations.making import make_again
from app.domain.certificates.queries.batches import (
    BatchFilter,
    get_batch,
    last_prefix,
    list_batches,
    list_usable_templates,
)
from app.domain.certificates.queries.uncertified import list_uncertified
from app.domain.certificates.rules.words import CertificateKind, SourceKind
from app.domain.people.queries.trainings import TrainingFilter, get_event, list_events

KIND_OF_SOURCE = {
    SourceKind.TRAINING: CertificateKind.COMPLETION,
    SourceKind.DESIGNATION: CertificateKind.LEAD_TEACHER,
}


def batch_address(batch_id: int, **asked: Any) -> str:
    return url_for("certificates.batch", batch_id=batch_id, **asked)


@blueprint.get("/issue")
@requires("certificates.issue")
def start() -> str:
    """Where issuing begins: which training is finished, or whom else it is for."""
    actor = current_actor()
    without = request.args.get("show") == "without"
    if without:
        page = list_uncertified(actor, page=asked_page())
    else:
        page = list_events(TrainingFilter(actor.unit_path, asked_text()), page=asked_page())[0]
    refuse_beyond(page)
    return render_template("certificates/start.html", page=page, without=without)


@blueprint.route("/batches/new", methods=["GET", "POST"])
@requires("certificates.issue")
def new_batch() -> Answer:
    """Prepare certificates for what the address names: a training, lead teachers, or people by hand."""
    actor = current_actor()
    source = asked_choice("source", SourceKind) or SourceKind.HAND
    key = request.args.get("key", "") if source is SourceKind.TRAINING else ""
    event = get_event(key, scope=actor.unit_path) if source is SourceKind.TRAINING else None
    templates = list_usable_templates(actor.unit_path)
    kind = asked_choice("kind", CertificateKind) or KIND_OF_SOURCE.get(source)
    form = BatchForm(data=_first_facts(actor, event, templates, kind))
    form.offer(templates)

    def act(actor: Actor) -> str:
        return batch_address(operations.draft_batch(form.facts(source, key), actor=actor).id)

    return form_page(
        form,
        "certificates/new.html",
        act,
        _("Prepared. Nothing is issued yet: look at the people and the preview first."),
        lambda: {
            "source": source,
            "sources": SOURCES,
            "event": event,
            "training": training_address(key, actor=actor) if event else None,
            "earlier": _earlier(key, actor),
            "states": BATCH_STATES,
            "kinds": KINDS,
            "templates": templates,
        },
    )


def _earlier(key: str, actor: Actor) -> Sequence[Any]:
    """Batches of the same training that are prepared or issued already."""
    return list_batches(BatchFilter(actor.unit_path, source_key=key)).items if key else ()


def _first_facts(
    actor: Actor, event: Any, templates: Any, kind: CertificateKind | None
) -> dict[str, Any]:
    fitting: list[CertificateTemplate] = [one for one in templates if one.kind is kind]
    facts: dict[str, Any] = {
        "issued_on": clock.today(),
        "prefix": last_prefix(actor.unit_id),
        "template": fitting[0].id if fitting else None,
    }
    if event is not None:
        facts |= {"title": event.title[: operations.LONGEST_TITLE], "cohort": event.cohort or ""}
    elif kind is CertificateKind.LEAD_TEACHER:
        facts["title"] = "心理健康教育带头人"
    return facts


@blueprint.route("/batches/<int:batch_id>/change", methods=["GET", "POST"])
@requires("certificates.issue")
def change_batch(batch_id: int) -> Answer:
    """Other wording, template or numbers."""
    actor = current_actor()
    known = get_batch(batch_id, scope=actor.unit_path)
    source, key = known.source, known.source_key
    form = BatchForm(data=known_facts(known))
    form.offer(list_usable_templates(known.unit.path))

    def act(actor: Actor) -> str:
        facts = form.facts(source, key)
        operations.change_batch(batch_id, facts, row_version=seen_version(form), actor=actor)
        return batch_address(batch_id)

    return form_page(
        form,
        "certificates/change.html",
        act,
        _("Changed."),
        lambda: {"batch": get_batch(batch_id, scope=current_actor().unit_path)},
    )


@blueprint.get("/batches/<int:batch_id>/people")
@requires("certificates.issue")
def batch_people(batch_id: int) -> str:
    """Search people of the unit and put them in, where no training says who took part."""
    actor = current_actor()
    found = get_batch(batch_id, scope=actor.unit_path)
    chosen = chosen_people(actor)
    if is_choosing(chosen):
        back = (found.title, batch_address(batch_id))
        return chooser_page(actor, _("Choose people"), back, chosen=chosen, several=True)
    return render_template("certificates/choose.html", batch=found, people=chosen)


@blueprint.post("/batches/<int:batch_id>/choose")
@requires("certificates.issue")
def choose(batch_id: int) -> Response:
    """Put people into a draft."""

    def act(actor: Actor) -> str:
        count = operations.choose(batch_id, _named(), actor=actor)
        return ngettext("%(num)s person put in.", "%(num)s people put in.", count)

    return _do(batch_id, act)


@blueprint.post("/batches/<int:batch_id>/leave-out")
@requires("certificates.issue")
def leave_out(batch_id: int) -> Response:
    """Take people out of a draft."""

    def act(actor: Actor) -> str:
        count = operations.leave_out(batch_id, _named(), actor=actor)
        return ngettext("%(num)s person taken out.", "%(num)s people taken out.", count)

    return _do(batch_id, act)


@blueprint.post("/batches/<int:batch_id>/issue")
@requires("certificates.issue")
def issue(batch_id: int) -> Response:
    """Give everybody in it a number; the papers follow in the background."""

    def act(actor: Actor) -> str:
        issue_batch(batch_id, actor=actor)
        return _("Issued. The papers are being made.")

    return _do(batch_id, act)


@blueprint.post("/batches/<int:batch_id>/discard")
@requires("certificates.issue")
def discard(batch_id: int) -> Response:
    """Give a draft up."""

    def act(actor: Actor) -> str:
        operations.discard_batch(batch_id, actor=actor)
        return _("Discarded; no number was taken.")

    return _do(batch_id, act)


@blueprint.post("/batches/<int:batch_id>/make-again")
@requires("certificates.issue")
def make_papers_again(batch_id: int) -> Response:
    """Try once more to make the papers that are missing."""

    def act(actor: Actor) -> str:
        make_again(batch_id, actor=actor)
        return _("The papers are being made.")

    return _do(batch_id, act)


def _named() -> list[int]:
    texts = request.form.getlist("id")
    if not all(text.isascii() and text.isdecimal() and len(text) < 10 for text in texts):
        abort(400)
    return [int(text) for text in texts]


def _do(batch_id: int, act: Callable[[Actor], str]) -> Response:
    """Do it, say how it went, and show the batch."""
    done = attempt(act)
    if done is not None:
        flash(done, "success")
    return redirect(batch_address(batch_id))
