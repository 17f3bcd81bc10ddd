"""Revoke a certificate; issue it anew, as it was or corrected."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.certificates.blueprint import blueprint
from app.blueprints.certificates.forms import EndForm, ReissueForm
from app.blueprints.certificates.issued import certificate_context
from app.blueprints.people.acts import Answer, form_page
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.certificates.facts import frozen_of
from app.domain.certificates.operations import ending as operations
from app.domain.certificates.queries.issued import get_certificate
from app.domain.people.rules.identity import mask_identity_number
from app.domain.people.sealed import open_identity_number


@blueprint.route("/<int:certificate_id>/revoke", methods=["GET", "POST"])
@requires("certificates.revoke")
def revoke(certificate_id: int) -> Answer:
    """It is no longer valid from a day on."""
    get_certificate(certificate_id, issued_by=current_actor().unit_path)
    form = EndForm(data={"on": clock.today()})

    def act(actor: Actor) -> str:
        operations.revoke_certificate(
            certificate_id, on=form.on.data, reason=form.reason.data, actor=actor
        )
        return url_for("certificates.show", certificate_id=certificate_id)

    return form_page(
        form,
        "certificates/revoke.html",
        act,
        _("Revoked. Whoever verifies it learns so from now on."),
        lambda: certificate_context(certificate_id),
    )


@blueprint.route("/<int:certificate_id>/reissue", methods=["GET", "POST"])
@requires("certificates.issue")
def reissue(certificate_id: int) -> Answer:
    """The same number once more, marked 补; corrected where the form says something else."""
    known = get_certificate(certificate_id, issued_by=current_actor().unit_path)
    before = frozen_of(known)
    shown = {name: getattr(before, name) for name in before.__slots__}
    days = {"on": clock.today(), "valid_until": known.valid_until}
    form = ReissueForm(data={**shown, **days})
    of_registry = open_identity_number(known.person.id_number_sealed) or ""
    if of_registry in ("", before.id_number):
        del form.registry_number

    def act(actor: Actor) -> str:
        new = operations.reissue_certificate(
            certificate_id,
            on=form.on.data,
            reason=form.reason.data,
            actor=actor,
            corrected=form.said(before, of_registry),
            valid_until=form.valid_until.data,
        )
        return url_for("certificates.show", certificate_id=new.id)

    return form_page(
        form,
        "certificates/reissue.html",
        act,
        _("Issued anew; the paper is ready within seconds."),
        lambda: {
            **certificate_context(certificate_id),
            "printed": mask_identity_number(before.id_number),
            "registered": mask_identity_number(of_registry),
        },
    )
