"""Make templates, copy, rename, publish and retire them."""

from __future__ import annotations

from collections.abc import Callable

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import current_actor, requires
from app.blueprints.certificates.blueprint import blueprint
from app.blueprints.certificates.template_forms import (
    NewTemplateForm,
    RetireForm,
    TemplateForm,
    seen_draft,
)
from app.blueprints.people.acts import Answer, attempt, form_page, seen_version
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import CertificateTemplate
from app.domain.certificates.operations import templates as operations
from app.domain.certificates.queries.templates import get_template
from app.domain.certificates.rules.designs import Orientation


def template_address(template_id: int) -> str:
    return url_for("certificates.template", template_id=template_id)


def editor_address(template_id: int) -> str:
    return url_for("certificates.edit_template", template_id=template_id)


@blueprint.route("/templates/new", methods=["GET", "POST"])
@requires("certificates.design")
def new_template() -> Answer:
    """A template of the unit from a plain sheet."""
    form = NewTemplateForm()

    def act(actor: Actor) -> str:
        orientation = Orientation(form.orientation.data)
        made = operations.new_template(
            form.title.data, form.chosen_kind(), orientation, actor=actor
        )
        return editor_address(made.id)

    return form_page(
        form,
        "certificates/templates/new.html",
        act,
        _("Made. Nobody issues with it before it is published."),
    )


@blueprint.post("/templates/<int:template_id>/copy")
@requires("certificates.design")
def copy_template(template_id: int) -> Response:
    """A template of one's own that looks like this one."""

    def act(actor: Actor) -> str:
        return editor_address(operations.copy_template(template_id, actor=actor).id)

    done = _("Copied to your unit. Nobody issues with it before it is published.")
    return _do(template_id, act, done)


@blueprint.route("/templates/<int:template_id>/change", methods=["GET", "POST"])
@requires("certificates.design")
def change_template(template_id: int) -> Answer:
    """Another title or kind."""
    known = _known(template_id)
    form = TemplateForm(
        data={"title": known.title, "kind": known.kind.value, "row_version": known.row_version}
    )

    def act(actor: Actor) -> str:
        operations.change_template(
            template_id,
            form.title.data,
            form.chosen_kind(),
            row_version=seen_version(form),
            actor=actor,
        )
        return template_address(template_id)

    return form_page(
        form,
        "certificates/templates/change.html",
        act,
        _("Changed."),
        lambda: {"template": _known(template_id)},
    )


@blueprint.post("/templates/<int:template_id>/draft")
@requires("certificates.design")
def start_template_draft(template_id: int) -> Response:
    """Open the draft of the next version."""

    def act(actor: Actor) -> str:
        operations.start_draft(template_id, actor=actor)
        return editor_address(template_id)

    return _do(template_id, act)


@blueprint.post("/templates/<int:template_id>/publish")
@requires("certificates.design")
def publish_template(template_id: int) -> Response:
    """Issue with this draft from now on."""

    def act(actor: Actor) -> str:
        operations.publish(template_id, seen=seen_draft(request.form), actor=actor)
        return template_address(template_id)

    return _do(template_id, act, published_words())


def published_words() -> str:
    return _("Published. Whoever prepares certificates from now on gets this version.")


@blueprint.post("/templates/<int:template_id>/discard")
@requires("certificates.design")
def discard_template_draft(template_id: int) -> Response:
    """Give the draft up."""

    def act(actor: Actor) -> str:
        operations.discard_draft(template_id, actor=actor)
        return template_address(template_id)

    return _do(template_id, act, _("The draft is discarded; the published version goes on."))


@blueprint.route("/templates/<int:template_id>/retire", methods=["GET", "POST"])
@requires("certificates.design")
def retire_template(template_id: int) -> Answer:
    """Prepare nothing new with it from a day on."""
    _known(template_id)
    form = RetireForm(data={"on": clock.today()})

    def act(actor: Actor) -> str:
        operations.retire(template_id, form.on.data, form.reason.data, actor=actor)
        return template_address(template_id)

    return form_page(
        form,
        "certificates/templates/retire.html",
        act,
        _("Retired. What was issued with it stays as it is."),
        lambda: {"template": _known(template_id)},
    )


@blueprint.post("/templates/<int:template_id>/bring-back")
@requires("certificates.design")
def bring_back_template(template_id: int) -> Response:
    """Use it again."""

    def act(actor: Actor) -> str:
        operations.bring_back(template_id, actor=actor)
        return template_address(template_id)

    return _do(template_id, act, _("It is in use again."))


def _known(template_id: int) -> CertificateTemplate:
    return get_template(template_id, scope=current_actor().unit_path)


def _do(template_id: int, act: Callable[[Actor], str], done: str | None = None) -> Response:
    """Do it and go where it leads; a refusal is told on the page of the template."""
    target = attempt(act)
    if target is not None and done is not None:
        flash(done, "success")
    return redirect(target or template_address(template_id))
