"""Videos and PDFs of lessons, given away in stretches to who learns or teaches the course."""

from __future__ import annotations

from typing import cast

from flask import Response, current_app

from app.access.guards import current_actor, requires
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.stretches import Served, send_stretch
from app.config import Settings
from app.core import media as kept
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.courses.queries.serving import get_media_file


@blueprint.get("/media/<int:media_id>")
@requires("courses.read")
def media(media_id: int) -> Response:
    """A file, or the stretch of it that a player asks for."""
    file = get_media_file(media_id, actor=current_actor())
    path = kept.path_of(file.key)
    front = cast(Settings, current_app.extensions["settings"]).accel
    if front is None and not path.is_file():
        raise NotFound(_("The file is not there any more. Tell who teaches the course."))
    place = None if front is None else f"{front}/{path.relative_to(kept.root()).as_posix()}"
    return send_stretch(Served(path, file.name, file.content_type, file.size, file.digest, place))
