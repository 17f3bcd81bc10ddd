"""The dated rules the ledger counts by, and a new value from a day on."""

from __future__ import annotations

from itertools import groupby

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.counties.blueprint import blueprint
from app.blueprints.counties.forms import NAMES, policy_form, value_text
from app.core import clock
from app.core.errors import DomainError
from app.domain.statistics.operations import set_policy
from app.domain.statistics.places import list_above
from app.domain.statistics.policies import list_values
from app.domain.statistics.policy_rules import PolicyName


@blueprint.get("/policies/")
@requires("policies.edit")
def list_policies() -> str:
    """The counting rules in force, and those before"""
    actor = current_actor()
    above = {u.id: u.name for u in list_above(actor.unit_path, scope="/", with_itself=True)}
    found = list_values(unit_ids=list(above))
    groups = {name: list(members) for name, members in groupby(found, key=lambda p: p.name)}
    return render_template(
        "counties/policies.html",
        names=NAMES,
        groups=groups,
        value_text=value_text,
        today=clock.today(),
        unit_names=above,
    )


@blueprint.route("/policies/<string:name>", methods=["GET", "POST"])
@requires("policies.edit")
def change_policy(name: str) -> str | tuple[str, int] | Response:
    """A new value of a counting rule"""
    if name not in {policy.value for policy in PolicyName}:
        abort(404)
    policy = PolicyName(name)
    form = policy_form(policy)
    if form.validate_on_submit():
        try:
            with acting() as actor:
                set_policy(
                    policy,
                    form.policy_value(policy),
                    actor=actor,
                    unit_id=actor.unit_id,
                    valid_from=form.valid_from.data,
                    basis=form.basis.data,
                )
            flash(_("The new value holds from %(day)s.", day=form.valid_from.data), "success")
            return redirect(url_for("counties.list_policies"))
        except DomainError as error:
            known = error.field if error.field in form else "valid_from"
            form[known].errors = [*form[known].errors, str(error)]
    page = render_template(
        "counties/policy.html", form=form, name=NAMES[policy], unit_name=current_actor().unit_name
    )
    return (page, 422) if form.errors else page
