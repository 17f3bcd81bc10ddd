"""Show a number whole to who says why; the reveal is recorded."""

from __future__ import annotations

from flask import abort, render_template, request
from flask_babel import gettext as _

from app.access.guards import acting, requires
from app.blueprints.people.blueprint import blueprint
from app.blueprints.people.words import FIELDS
from app.domain.people.operations.own import reveal_own
from app.domain.people.operations.people import reveal_identity_number, reveal_phone
from app.domain.people.queries.record import get_person

REVEALS = {"id-number": reveal_identity_number, "phone": reveal_phone}


@blueprint.post("/<int:person_id>/reveal/<string:what>")
@requires("people.reveal")
def reveal(person_id: int, what: str) -> str:
    """One number of a person, once; htmx gets the value alone, others a page."""
    if what not in REVEALS:
        abort(404)
    with acting() as actor:
        value = REVEALS[what](person_id, actor=actor, reason=request.form.get("reason", "")[:500])
        name = get_person(person_id, scope=actor.unit_path).name
    return _shown(value, what, name, person_id)


@blueprint.post("/me/reveal/<string:what>")
@requires("self.read")
def reveal_mine(what: str) -> str:
    """One's own number; no reason is asked, but it is recorded."""
    if what not in REVEALS:
        abort(404)
    with acting() as actor:
        value = reveal_own(what.replace("-", "_"), actor=actor)
    return _shown(value, what, _("My record"), None)


def _shown(value: str, what: str, name: str, person_id: int | None) -> str:
    template = (
        "people/revealed.html" if "HX-Request" not in request.headers else "people/_revealed.html"
    )
    field = FIELDS[what.replace("-", "_")]
    return render_template(template, value=value, what=field, name=name, person_id=person_id)
