"""Kinds of credentials with their dated rules, and a new rule."""

from __future__ import annotations

from flask import render_template, url_for
from flask_babel import gettext as _

from app.access.guards import requires
from app.blueprints.credentials import forms
from app.blueprints.credentials.routes import blueprint
from app.blueprints.credentials.words import COUNTS_AS
from app.blueprints.people.acts import Answer, form_page
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.certificates.operations.kinds import add_kind_rule
from app.domain.certificates.queries.kinds import get_kind, list_kinds, rules_on


@blueprint.get("/kinds")
@requires("people.read")
def kinds() -> str:
    """Every kind, what holds of it today and what held before."""
    return render_template(
        "credentials/kinds.html", kinds=list_kinds(), counts_as=COUNTS_AS, today=clock.today()
    )


@blueprint.route("/kinds/<int:kind_id>/rules/new", methods=["GET", "POST"])
@requires("policies.edit")
def add_rule(kind_id: int) -> Answer:
    """Let a new rule hold from a day."""
    kind = get_kind(kind_id)
    form = forms.KindRuleForm(obj=rules_on([kind], clock.today()).get(kind.id))
    if not form.is_submitted():
        form.valid_from.data, form.basis.data = clock.today(), None

    def act(actor: Actor) -> str:
        add_kind_rule(kind_id, form.facts(), actor=actor)
        return url_for("credentials.kinds")

    return form_page(
        form,
        "credentials/add_rule.html",
        act,
        _("The new rule holds from that day; figures of days before keep the old one."),
        lambda: {"kind": get_kind(kind_id)},
    )
