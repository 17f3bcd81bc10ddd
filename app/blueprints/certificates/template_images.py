"""Pictures that templates use: backgrounds and seals of the unit."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.certificates.blueprint import blueprint
from app.blueprints.certificates.template_acts import editor_address
from app.blueprints.certificates.template_forms import PURPOSES, ImageForm
from app.blueprints.units.acts import show_refusal
from app.core import files
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.certificates.operations import images as operations
from app.domain.certificates.queries.images import get_image, list_own_images
from app.domain.certificates.rules.words import ImagePurpose

_ROOM_FOR_THE_FORM = 1024 * 1024


@blueprint.url_value_preprocessor
def _allow_a_picture(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form: however large other forms may be, a picture of the size that is told fits."""
    if endpoint == "certificates.template_images":
        request.max_content_length = operations.LARGEST + _ROOM_FOR_THE_FORM


@blueprint.route("/templates/images", methods=["GET", "POST"])
@requires("certificates.design")
def template_images() -> ResponseReturnValue:
    """The pictures of the unit, and another one."""
    form = ImageForm()
    template_id = request.args.get("template", type=int)
    if form.validate_on_submit():
        try:
            known = _bring(form)
        except (Forbidden, NotFound):
            raise
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            flash(
                _("This very picture is here already.") if known else _("The picture is kept."),
                "info" if known else "success",
            )
            return redirect(url_for("certificates.template_images", template=template_id))
    page = render_template(
        "certificates/templates/images.html",
        form=form,
        images=list_own_images(current_actor().unit_id),
        purposes=PURPOSES,
        largest=operations.LARGEST,
        back=editor_address(template_id) if template_id else url_for("certificates.templates"),
    )
    return page, 422 if form.errors else 200


def _bring(form: ImageForm) -> bool:
    """Check and store it, then keep it; whether it was here already."""
    upload = form.file.data
    if not upload:
        raise InvalidInput(_("Choose a picture."), "file_missing", "file")
    checked = operations.check_image(
        upload.read(operations.LARGEST + 1),
        upload.filename or "",
        ImagePurpose(form.purpose.data),
        form.title.data or "",
    )
    key = files.store(checked.data)
    kept = None
    try:
        with acting() as actor:
            kept = operations.add_image(checked, key, actor=actor).file_key
    finally:
        if kept != key:
            files.remove(key)
    return kept != key


@blueprint.get("/templates/images/<int:image_id>")
@requires("certificates.design")
def template_image(image_id: int) -> Response:
    """A picture, for the pages that show it."""
    image = get_image(image_id, scope=current_actor().unit_path)
    response = Response(files.load(image.file_key), mimetype=image.content_type)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@blueprint.post("/templates/images/<int:image_id>/remove")
@requires("certificates.design")
def remove_template_image(image_id: int) -> ResponseReturnValue:
    """Remove a picture that no template uses."""
    try:
        with acting() as actor:
            key = operations.remove_image(image_id, actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        files.remove(key)
        flash(_("The picture is removed."), "success")
    return redirect(url_for("certificates.template_images"))
