"""Add a credential, correct it, register it anew, revoke it."""

from __future__ import annotations

from flask import url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf import FlaskForm

from app.access.guards import current_actor, requires
from app.blueprints.choosing import chooser_page, chosen_people
from app.blueprints.credentials import forms
from app.blueprints.credentials.picture_forms import picture_form_page
from app.blueprints.credentials.routes import blueprint, record_context
from app.blueprints.people.acts import Act, Answer, form_page
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.certificates.operations import credentials as operations
from app.domain.certificates.operations import revoking
from app.domain.certificates.operations.pictures import StoredPicture
from app.domain.certificates.queries.chains import list_renewable
from app.domain.certificates.queries.credentials import get_credential
from app.domain.certificates.queries.kinds import list_kinds


def credential_address(credential_id: int) -> str:
    return url_for("credentials.show", credential_id=credential_id)


@blueprint.route("/new", methods=["GET", "POST"])
@requires("people.propose")
def add() -> ResponseReturnValue:
    """Record a certificate of the person named in the address; who may verify can do so at once."""
    actor = current_actor()
    chosen = chosen_people(actor)
    if len(chosen) != 1:
        back = (_("Credentials"), url_for("credentials.index"))
        return chooser_page(actor, _("Add a credential"), back)
    form = forms.AddForm()
    _offer(form, chosen[0].id)
    if not actor.may("credentials.verify"):
        del form.evidence

    def act(pictures: list[StoredPicture], actor: Actor) -> str:
        evidence = form.evidence.data if form.evidence else None
        made = operations.add_credential(
            chosen[0].id, form.facts(), actor=actor, evidence=evidence, pictures=pictures
        )
        return credential_address(made.id)

    return picture_form_page(
        form, "credentials/add.html", act, _("Recorded."), lambda: {"person": chosen[0]}
    )


@blueprint.route("/<int:credential_id>/correct", methods=["GET", "POST"])
@requires("people.propose")
def correct(credential_id: int) -> ResponseReturnValue:
    """Mend what was entered wrongly."""
    known = get_credential(credential_id, scope=current_actor().unit_path)
    form = forms.CorrectForm(obj=known)
    _offer(form, known.person_id, credential_id)

    def act(pictures: list[StoredPicture], actor: Actor) -> str:
        operations.correct_credential(
            credential_id,
            form.facts(),
            reason=form.reason.data,
            actor=actor,
            pictures=pictures,
        )
        return credential_address(credential_id)

    return picture_form_page(
        form,
        "credentials/correct.html",
        act,
        _("Corrected."),
        lambda: record_context(credential_id),
    )


def _offer(form: forms.CredentialForm, person_id: int, credential_id: int | None = None) -> None:
    kinds = list_kinds()
    form.offer(kinds)
    names = {kind.id: kind.name for kind in kinds}
    form.offer_renewable(list_renewable(person_id, but_id=credential_id), names)


def _act_page(credential_id: int, form: FlaskForm, template: str, act: Act, done: str) -> Answer:
    get_credential(credential_id, scope=current_actor().unit_path)
    return form_page(
        form, f"credentials/{template}.html", act, done, lambda: record_context(credential_id)
    )


@blueprint.route("/<int:credential_id>/renew", methods=["GET", "POST"])
@requires("credentials.verify")
def renew(credential_id: int) -> Answer:
    """Note that it was registered anew."""
    form = forms.RenewForm(data={"on": clock.today()})

    def act(actor: Actor) -> str:
        operations.renew_credential(credential_id, on=form.on.data, actor=actor)
        return credential_address(credential_id)

    return _act_page(credential_id, form, "renew", act, _("Noted."))


@blueprint.route("/<int:credential_id>/revoke", methods=["GET", "POST"])
@requires("credentials.verify")
def revoke(credential_id: int) -> Answer:
    """It no longer counts from a day on."""
    form = forms.RevokeForm(data={"on": clock.today()})

    def act(actor: Actor) -> str:
        revoking.revoke_credential(
            credential_id, on=form.on.data, reason=form.reason.data, actor=actor
        )
        return credential_address(credential_id)

    return _act_page(credential_id, form, "revoke", act, _("Revoked."))


@blueprint.route("/<int:credential_id>/unrevoke", methods=["GET", "POST"])
@requires("credentials.verify")
def unrevoke(credential_id: int) -> Answer:
    """Take a revocation back."""
    form = forms.ReasonForm()

    def act(actor: Actor) -> str:
        revoking.unrevoke_credential(credential_id, reason=form.reason.data, actor=actor)
        return credential_address(credential_id)

    return _act_page(credential_id, form, "unrevoke", act, _("It counts again."))
