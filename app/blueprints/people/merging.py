"""Merge two records of one person: find the other one, choose field by field, take it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length

from app.access.guards import current_actor, requires
from app.blueprints.people.acts import Answer, form_page
from app.blueprints.people.blueprint import blueprint
from app.blueprints.people.forms import ReasonForm, needed
from app.blueprints.people.words import FIELDS, SEXES
from app.domain.accounts.rules import Actor
from app.domain.people.models import Person
from app.domain.people.queries.record import get_person, list_namesakes, list_postings
from app.domain.people.queries.registry import PeopleFilter, list_people
from app.domain.people.queries.visibility import Status
from app.domain.people.sealed import masked_identity_number, masked_phone
from app.domain.personal_data.operations.merging import merge_people
from app.domain.personal_data.operations.undoing import get_merge, undo_merge
from app.domain.personal_data.rules import FIELD_COLUMNS

MOST_FOUND = 20


class MergeForm(FlaskForm):
    """The reason; the choices are one radio group a field, read from the request."""

    reason = TextAreaField(_l("Why are they the same person?"), [needed(), Length(max=500)])


@dataclass(frozen=True)
class Choice:
    """One field in which the records may differ."""

    name: str
    label: str
    kept: str
    merged: str
    takes_merged: bool

    @property
    def differs(self) -> bool:
        return self.kept != self.merged


@blueprint.get("/<int:person_id>/merge")
@requires("people.merge")
def merge(person_id: int) -> str | Response:
    """Find the other record: namesakes at once, anybody of the unit by a search."""
    scope = current_actor().unit_path
    person = get_person(person_id, scope=scope)
    q = request.args.get("q", "").strip()[:80]
    namesakes = {other.id for other in list_namesakes(person.name, scope=scope, without=person_id)}
    found = [
        other
        for status in Status
        for other in list_people(
            scope, PeopleFilter(q=q or person.name, status=status), size=MOST_FOUND
        ).items
        if other.id in namesakes or (q and other.id != person_id)
    ]
    return render_template("people/merge.html", person=person, found=found, q=q)


@blueprint.route("/<int:person_id>/merge/<int:other_id>", methods=["GET", "POST"])
@requires("people.merge")
def merge_with(person_id: int, other_id: int) -> Answer:
    """Side by side: which value stays, field by field."""
    scope = current_actor().unit_path
    get_person(person_id, scope=scope)
    get_person(other_id, scope=scope)
    if person_id == other_id:
        return redirect(url_for("people.merge", person_id=person_id))
    form = MergeForm()

    def act(actor: Actor) -> str:
        take = [name for name in FIELD_COLUMNS if request.form.get(f"take_{name}") == "merged"]
        merge_people(person_id, other_id, take=take, actor=actor, reason=form.reason.data)
        return url_for("people.show", person_id=person_id)

    def context() -> dict[str, Any]:
        kept, merged = get_person(person_id, scope=scope), get_person(other_id, scope=scope)
        return {
            "kept": kept,
            "merged": merged,
            "choices": _choices(kept, merged),
            "kept_postings": list_postings(person_id),
            "merged_postings": list_postings(other_id),
        }

    return form_page(form, "people/merge_with.html", act, _("Merged."), context)


def _choices(kept: Person, merged: Person) -> list[Choice]:
    ours, theirs = _values(kept), _values(merged)
    posted = {name: request.form.get(f"take_{name}") for name in FIELD_COLUMNS}
    labels = {**FIELDS, "registered_unit": _("Registered by")}
    return [
        Choice(
            name=name,
            label=str(labels[name]),
            kept=ours[name],
            merged=theirs[name],
            takes_merged=posted[name] == "merged" if posted[name] else not ours[name],
        )
        for name in FIELD_COLUMNS
    ]


def _values(person: Person) -> dict[str, str]:
    values = {
        "id_number": masked_identity_number(person.id_number_sealed),
        "phone": masked_phone(person.phone_sealed),
        "sex": str(SEXES[person.sex]) if person.sex else "",
        "registered_unit": person.registered_unit.name,
    }
    for name in FIELD_COLUMNS:
        values.setdefault(name, str(getattr(person, name, None) or ""))
    return values


@blueprint.route("/merges/<int:merge_id>/undo", methods=["GET", "POST"], endpoint="undo_merge")
@requires("people.merge")
def take_back(merge_id: int) -> Answer:
    """Undo a merge."""
    scope = current_actor().unit_path
    get_merge(merge_id, scope=scope)
    form = ReasonForm()

    def act(actor: Actor) -> str:
        undone = undo_merge(merge_id, actor=actor, reason=form.reason.data)
        return url_for("people.show", person_id=undone.kept_id)

    def context() -> dict[str, Any]:
        found = get_merge(merge_id, scope=scope)
        return {"merge": found, "person": get_person(found.kept_id, scope=scope)}

    return form_page(form, "people/undo_merge.html", act, _("The merge is undone."), context)
