"""Credentials of one's own: bring one with the phone, follow it, mend what was sent back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.credentials import forms
from app.blueprints.credentials.picture_forms import picture_form_page
from app.blueprints.credentials.routes import WORDS, blueprint, doubts_about
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import Credential
from app.domain.certificates.operations import bringing
from app.domain.certificates.operations.pictures import StoredPicture
from app.domain.certificates.queries.chains import list_chain, list_renewable
from app.domain.certificates.queries.kinds import list_kinds, rules_on
from app.domain.certificates.queries.of_person import (
    get_own_credential,
    list_credentials_of_person,
)
from app.domain.certificates.queries.pictures import list_pictures
from app.domain.certificates.rules import may_mend
from app.domain.people.operations.own import get_own_record

Brought = Callable[[list[StoredPicture], Actor], Credential]


def _address(credential_id: int) -> str:
    return url_for("credentials.show_own", credential_id=credential_id)


@blueprint.get("/mine")
@requires("certificates.hold")
def mine() -> str:
    """The certificates one has brought, and how each stands."""
    person = get_own_record(current_actor())
    return render_template(
        "credentials/mine.html",
        credentials=list_credentials_of_person(person.id),
        today=clock.today(),
        **WORDS,
    )


@blueprint.route("/mine/new", methods=["GET", "POST"])
@requires("certificates.hold")
def bring() -> ResponseReturnValue:
    """Bring a certificate: its photo and what stands on it."""
    form = forms.BringForm()

    def act(pictures: list[StoredPicture], actor: Actor) -> Credential:
        return bringing.bring_credential(form.facts(), pictures, actor=actor)

    return _brought(form, act, _("Sent. You will be told when it is verified."))


@blueprint.get("/mine/<int:credential_id>")
@requires("self.read")
def show_own(credential_id: int) -> str:
    """One of one's own: how it stands, why it was sent back, its pictures."""
    credential = get_own_credential(credential_id, account_id=current_actor().account_id)
    rules = rules_on(list_kinds(), clock.today())
    return render_template(
        "credentials/show_own.html",
        credential=credential,
        rule=rules.get(credential.kind_id),
        doubts=doubts_about(credential, credential.person.born_on, rules),
        pictures=list_pictures(credential_id),
        chain=list_chain(credential),
        mendable=may_mend(credential.state) and current_actor().may("certificates.hold"),
        **WORDS,
    )


@blueprint.route("/mine/<int:credential_id>/mend", methods=["GET", "POST"])
@requires("certificates.hold")
def mend(credential_id: int) -> ResponseReturnValue:
    """Mend what nobody has decided on, or what was sent back, and bring it again."""
    credential = get_own_credential(credential_id, account_id=current_actor().account_id)
    if not may_mend(credential.state):
        flash(_("It has been decided on. Ask your county if something is wrong."), "warning")
        return redirect(_address(credential_id))
    form = forms.BringForm(obj=credential)

    def act(pictures: list[StoredPicture], actor: Actor) -> Credential:
        return bringing.bring_again(credential_id, form.facts(), pictures, actor=actor)

    return _brought(form, act, _("Sent. You will be told when it is verified."), credential_id)


@blueprint.post("/mine/<int:credential_id>/files/<int:credential_file_id>/remove")
@requires("certificates.hold")
def remove_own_picture(credential_id: int, credential_file_id: int) -> ResponseReturnValue:
    """Take a picture away."""
    try:
        with acting() as actor:
            bringing.remove_own_picture(credential_id, credential_file_id, actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as refusal:
        flash(str(refusal.message), "warning")
        return redirect(_address(credential_id))
    flash(_("Taken away."), "success")
    return redirect(url_for("credentials.mend", credential_id=credential_id))


def _brought(
    form: forms.BringForm, act: Brought, done: str, credential_id: int | None = None
) -> ResponseReturnValue:
    """The form with its pictures; a valid one is kept with them, a refused one keeps none."""
    _offer(form, credential_id)

    def address(pictures: list[StoredPicture], actor: Actor) -> str:
        return _address(act(pictures, actor).id)

    return picture_form_page(
        form, "credentials/bring.html", address, done, lambda: _known(credential_id)
    )


def _offer(form: forms.BringForm, credential_id: int | None) -> None:
    kinds = list_kinds()
    form.offer(kinds)
    names = {kind.id: kind.name for kind in kinds}
    person = get_own_record(current_actor())
    form.offer_renewable(list_renewable(person.id, but_id=credential_id), names)


def _known(credential_id: int | None) -> dict[str, Any]:
    if credential_id is None:
        return {"credential": None, "pictures": ()}
    credential = get_own_credential(credential_id, account_id=current_actor().account_id)
    return {"credential": credential, "pictures": list_pictures(credential_id)}
