"""One's own record: see it, put phone and mail right, ask for other corrections."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.people.acts import Answer, form_page
from app.blueprints.people.blueprint import blueprint
from app.blueprints.people.forms import AskCorrectionForm, OwnContactForm
from app.blueprints.people.record import record_context
from app.domain.accounts.rules import Actor
from app.domain.people.operations.own import (
    ask_correction,
    correct_own_contact,
    get_own_record,
)
from app.domain.people.sealed import masked_phone


@blueprint.get("/me")
@requires("self.read")
def me() -> str:
    """What the registry says of the person this account belongs to."""
    return render_template("people/me.html", **record_context(get_own_record(current_actor())))


@blueprint.route("/me/edit", methods=["GET", "POST"])
@requires("self.edit")
def edit_own() -> Answer:
    """One's own phone and mail."""
    person = get_own_record(current_actor())
    form = OwnContactForm()
    if request.method == "GET":
        form.email.data = person.email

    def act(actor: Actor) -> str:
        changes: dict[str, Any] = {"email": form.email.data}
        if (form.phone.data or "").strip():
            changes["phone"] = form.phone.data
        correct_own_contact(changes, actor=actor)
        return url_for("people.me")

    def context() -> dict[str, Any]:
        return {"phone": masked_phone(get_own_record(current_actor()).phone_sealed)}

    return form_page(form, "people/edit_own.html", act, _("Corrected."), context)


@blueprint.route("/me/ask-correction", methods=["GET", "POST"])
@requires("self.edit")
def ask_for_correction() -> str | Response | tuple[str, int]:
    """Tell the school what is wrong in one's record."""
    get_own_record(current_actor())
    form = AskCorrectionForm()
    if not form.validate_on_submit():
        page = render_template("people/ask_correction.html", form=form)
        return (page, 422) if form.errors else page
    with acting() as actor:
        told = ask_correction(form.text.data, actor=actor)
    if told:
        flash(_("Your school has been told."), "success")
    else:
        flash(_("It is noted in your record. Nobody of your school has an account yet."), "warning")
    return redirect(url_for("people.me"))
