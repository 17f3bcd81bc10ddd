"""A person's record: facts, postings, what the other areas know, history."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.access.guards import current_actor, requires
from app.blueprints.certificates.issued import standing_today
from app.blueprints.certificates.words import KINDS, STANDINGS
from app.blueprints.people import words
from app.blueprints.people.blueprint import blueprint
from app.blueprints.people.history import events
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Certificate
from app.domain.certificates.queries.issued import list_certificates_of_person
from app.domain.certificates.queries.of_person import list_credentials_of_person
from app.domain.courses.queries.of_person import (
    list_learning_of_person,
    list_recognitions_of_person,
)
from app.domain.people.models import Person, Posting
from app.domain.people.queries.changes import list_waiting_of_person
from app.domain.people.queries.record import (
    find_kept_record,
    find_main_posting,
    find_person,
    get_person,
    get_registry_facts,
    list_history,
    list_postings,
)
from app.domain.people.sealed import masked_identity_number, masked_phone
from app.domain.personal_data.queries import list_merges_into

WORDS = {
    "roles": words.ROLES,
    "sexes": words.SEXES,
    "end_reasons": words.END_REASONS,
    "levels": words.LEVELS,
    "training_kinds": words.TRAINING_KINDS,
    "studio_roles": words.STUDIO_ROLES,
    "duties": words.DUTIES,
    "credential_states": words.CREDENTIAL_STATES,
    "credential_tones": words.CREDENTIAL_TONES,
    "change_actions": words.ACTIONS,
    "certificate_kinds": KINDS,
    "standings": STANDINGS,
}


@blueprint.get("/<int:person_id>")
@requires("people.read")
def show(person_id: int) -> str | Response:
    """The record; a merged one leads to the record it lives on in."""
    actor = current_actor()
    person = find_person(person_id, scope=actor.unit_path)
    if person is None:
        kept = find_kept_record(person_id, scope=actor.unit_path)
        if kept is not None:
            return redirect(url_for("people.show", person_id=kept))
        person = get_person(person_id, scope=actor.unit_path)
    return render_template(
        "people/show.html",
        history=events(list_history(person.id)),
        waiting=list_waiting_of_person(person.id),
        merges=list_merges_into(person.id),
        within=_within(actor),
        **record_context(person),
    )


def _within(actor: Actor) -> Any:
    """Whether a posting may be changed from here: only at units of one's own subtree."""

    def within(posting: Posting) -> bool:
        return actor.reaches(posting.unit.path)

    return within


def _may_open(actor: Actor) -> Callable[[Certificate], bool]:
    """Whether an issued certificate may be opened: issued within one's subtree, or to somebody who was of it then."""
    reads = actor.may("certificates.read")

    def may_open(one: Certificate) -> bool:
        return reads and (actor.reaches(one.unit.path) or actor.reaches(one.person_unit.path))

    return may_open


def record_context(person: Person) -> dict[str, Any]:
    """What the record page and one's own page both show."""
    postings = list_postings(person.id)
    return {
        "person": person,
        "postings": postings,
        "main": find_main_posting(postings),
        "facts": get_registry_facts(person.id),
        "credentials": list_credentials_of_person(person.id),
        "issued": list_certificates_of_person(person.id),
        "may_open_certificate": _may_open(current_actor()),
        "standing_of": standing_today,
        "learning": list_learning_of_person(person.id),
        "recognitions": list_recognitions_of_person(person.id),
        "id_number": masked_identity_number(person.id_number_sealed),
        "phone": masked_phone(person.phone_sealed),
        "today": clock.today(),
        **WORDS,
    }
