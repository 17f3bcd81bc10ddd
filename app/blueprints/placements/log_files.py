"""Photos and papers of an entry: brought from a phone, shown, downloaded, taken away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, request
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.access.guards import acting, current_actor, requires
from app.blueprints.downloads import attachment
from app.blueprints.placements.blueprint import blueprint
from app.core import files
from app.core.errors import InvalidInput
from app.domain.accounts.rules import Actor
from app.domain.placements.operations.log_files import (
    LARGEST_FILE,
    MOST_FILES,
    CheckedFile,
    StoredFile,
    add_files,
    check_log_file,
)
from app.domain.placements.queries.log import get_file

_ROOM_FOR_THE_FORM = 1024 * 1024


@blueprint.url_value_preprocessor
def _allow_photos(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form: several photos at once are larger than what other pages take."""
    if endpoint == "placements.write_entry":
        request.max_content_length = MOST_FILES * LARGEST_FILE // 2 + _ROOM_FOR_THE_FORM
    elif endpoint == "placements.placement_files":
        request.max_content_length = LARGEST_FILE + _ROOM_FOR_THE_FORM


def keep_uploads(placement_id: int, entry_id: int) -> int:
    """Put the photos and papers of this request to an entry, all of them or none; how many."""
    return store_and_add(
        checked_uploads(),
        lambda stored, actor: add_files(entry_id, stored, placement_id=placement_id, actor=actor),
    )


def checked_uploads() -> list[CheckedFile]:
    """The photos and papers of this request, each of a kind that is taken."""
    uploads = [one for one in request.files.getlist("file") if one.filename]
    if not uploads:
        raise InvalidInput(_("Choose at least one photo or file."), "file_missing", "file")
    return [_checked(one) for one in uploads[: MOST_FILES + 1]]


def _checked(upload: FileStorage) -> CheckedFile:
    return check_log_file(upload.read(LARGEST_FILE + 1), upload.filename or "")


def store_and_add(
    checked: list[CheckedFile], add: Callable[[list[StoredFile], Actor], object]
) -> int:
    """Store before the transaction, because nothing slow happens inside it; what is refused is not kept."""
    stored: list[StoredFile] = []
    try:
        for one in checked:
            stored.append(StoredFile(one.name, one.kind, len(one.data), files.store(one.data)))
        with acting() as actor:
            add(stored, actor)
    except BaseException:
        for kept in stored:
            files.remove(kept.key)
        raise
    return len(stored)


@blueprint.get("/<int:placement_id>/files/<int:file_id>")
@requires("placements.see")
def log_file(placement_id: int, file_id: int) -> Response:
    """A file of the log, as a download; pages show photos by the same address."""
    found = get_file(file_id, placement_id, actor=current_actor())
    response = attachment(files.load(found.file_key), found.file_name, found.content_type)
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response
