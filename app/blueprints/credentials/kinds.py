"""Kinds of credentials with their dated rules, and a new rule."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from app.access.guards import acting, requires
from app.blueprints.credentials import forms
from app.blueprints.credentials.routes import blueprint
from app.blueprints.credentials.words import COUNTS_AS
from app.blueprints.people.acts import Answer, form_page
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.certificates.operations.kinds import (
    add_kind,
    add_kind_rule,
    rename_kind,
    take_back_rule,
)
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


@blueprint.post("/kinds/<int:kind_id>/rules/take-back")
@requires("policies.edit")
def take_rule_back(kind_id: int) -> Answer:
    """Undo the rule entered last, before it held a whole day."""
    rule_id = request.args.get("rule_id", 0, type=int)
    try:
        with acting() as actor:
            take_back_rule(kind_id, rule_id, reason=request.form.get("reason", ""), actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as refusal:
        flash(str(refusal.message), "danger")
    else:
        flash(_("Taken back; the rule before holds on."), "success")
    return redirect(url_for("credentials.kinds"))


@blueprint.route("/kinds/new", methods=["GET", "POST"])
@requires("policies.edit")
def new_kind() -> Answer:
    """Add a kind that nobody knew yet, with its first rule."""
    form = forms.AddKindForm()

    def act(actor: Actor) -> str:
        add_kind(form.name.data, form.aliases.data or "", form.facts(), actor=actor)
        return url_for("credentials.kinds")

    return form_page(form, "credentials/new_kind.html", act, _("The kind is there for everybody."))


@blueprint.route("/kinds/<int:kind_id>/names", methods=["GET", "POST"])
@requires("policies.edit")
def name_kind(kind_id: int) -> Answer:
    """What a kind is called, and how workbooks write it."""
    form = forms.KindNamesForm(obj=get_kind(kind_id))

    def act(actor: Actor) -> str:
        rename_kind(kind_id, form.name.data, form.aliases.data or "", actor=actor)
        return url_for("credentials.kinds")

    return form_page(
        form,
        "credentials/name_kind.html",
        act,
        _("Changed."),
        lambda: {"kind": get_kind(kind_id)},
    )
