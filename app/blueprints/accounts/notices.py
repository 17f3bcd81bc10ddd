"""Which notices also come by mail."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.access.guards import acting, current_actor, signed_in
from app.blueprints.accounts.blueprint import blueprint
from app.core.db import db
from app.domain.accounts.models import Account
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.outbox.choices import GROUPS, Group, choose_mails, list_choices


def _groups(actor: Actor) -> list[Group]:
    """The groups that any role of the account may get notices of."""
    return [
        group
        for group in GROUPS
        if not group.permissions or any(actor.may(name) for name in group.permissions)
    ]


@blueprint.route("/account/notices", methods=["GET", "POST"])
@signed_in
def notices() -> ResponseReturnValue:
    """Choose by group which notices also come by mail; the inbox holds all of them."""
    account_id = current_user.account_id
    groups = _groups(current_actor())
    if request.method == "POST":
        ticked = set(request.form.getlist("mail"))
        with acting() as actor:
            wanted = {group.key: group.key in ticked for group in groups}
            changed = choose_mails(account_id, wanted)
            if changed:
                record(
                    actor,
                    "accounts.choose_mails",
                    object_type="account",
                    object_id=account_id,
                    details={"changed": changed},
                )
        flash(_("Kept."), "success")
        return redirect(url_for("accounts.notices"))
    return render_template(
        "accounts/notices.html",
        groups=groups,
        choices=list_choices(account_id),
        email=db.session.get_one(Account, account_id).email,
    )
