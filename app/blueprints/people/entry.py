"""Enter a person, correct what the registry says of one."""

from __future__ import annotations

from typing import Any

from flask import request, url_for
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.people.blueprint import blueprint
from app.blueprints.people.forms import PERSON_FIELDS, CorrectForm, RegisterForm
from app.blueprints.units.acts import find_named_unit
from app.core import clock
from app.core.errors import DomainError
from app.domain.accounts.rules import Actor
from app.domain.people.operations.people import correct_person, register_person
from app.domain.people.queries.record import get_person
from app.domain.people.sealed import masked_identity_number, masked_phone


@blueprint.route("/new", methods=["GET", "POST"])
@requires("people.edit")
def add() -> Answer:
    """A new counselor or external expert."""
    form = RegisterForm()
    shown: dict[str, Any] = {"other": None, "known_id": None}
    if request.method == "GET":
        _prefill(form)

    def act(actor: Actor) -> str:
        unit = find_named_unit(form.unit.data, "unit", actor)
        counselor = form.kind.data == "counselor"
        person = register_person(
            form.person_facts(),
            unit_id=unit.id,
            actor=actor,
            posting=form.posting_facts(form.recruited_on.data) if counselor else None,
            valid_from=form.valid_from.data,
            namesake_known=form.namesake_known.data,
        )
        return url_for("people.show", person_id=person.id)

    def refused(error: DomainError) -> None:
        shown["other"] = error.details.get("person_id")
        shown["namesake"] = error.code == "namesake"

    return form_page(form, "people/add.html", act, _("Entered."), lambda: shown, refused)


def _prefill(form: RegisterForm) -> None:
    actor = current_actor()
    if actor.unit_kind == "school":
        form.unit.data = f"{actor.unit_code} {actor.unit_name}"
    elif request.args.get("unit"):
        form.unit.data = request.args["unit"][:160]
    form.valid_from.data = clock.today()
    form.role.data = form.role.data or None
    if request.args.get("kind") == "external":
        form.kind.data = "external"


@blueprint.route("/<int:person_id>/edit", methods=["GET", "POST"])
@requires("people.edit")
def edit(person_id: int) -> Answer:
    """Correct facts of a person; numbers are never shown whole here."""
    person = get_person(person_id, scope=current_actor().unit_path)
    form = CorrectForm()
    if request.method == "GET":
        for name in PERSON_FIELDS:
            form[name].data = getattr(person, name)
        form.row_version.data = str(person.row_version)

    def act(actor: Actor) -> str:
        correct_person(
            person_id,
            form.changes(),
            actor=actor,
            reason=form.reason.data,
            row_version=seen_version(form),
        )
        return url_for("people.show", person_id=person_id)

    def context() -> dict[str, Any]:
        current = get_person(person_id, scope=current_actor().unit_path)
        return {
            "person": current,
            "id_number": masked_identity_number(current.id_number_sealed),
            "phone": masked_phone(current.phone_sealed),
        }

    return form_page(form, "people/edit.html", act, _("Corrected."), context)
