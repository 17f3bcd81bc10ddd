"""Pictures of credentials: brought with a form, shown beside the facts, downloaded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, abort, request
from werkzeug.datastructures import FileStorage

from app.access.guards import current_actor, requires
from app.blueprints.credentials.routes import blueprint
from app.blueprints.downloads import attachment
from app.core import files
from app.core.documents.previews import page_as_picture
from app.core.photos import is_photo
from app.domain.certificates.models import CredentialFile
from app.domain.certificates.operations.pictures import (
    LARGEST,
    MOST_FILES,
    CheckedPicture,
    StoredPicture,
    check_picture,
    digest_of,
)
from app.domain.certificates.queries.pictures import get_own_picture, get_picture

MOST_PAGES = 20
AHEAD = 120  # seconds
_ROOM_FOR_THE_FORM = 1024 * 1024
_WITH_PICTURES = {
    "credentials.add",
    "credentials.correct",
    "credentials.bring",
    "credentials.mend",
}


@blueprint.url_value_preprocessor
def _allow_pictures(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form: several pictures at once are larger than what other pages take."""
    if endpoint in _WITH_PICTURES:
        request.max_content_length = MOST_FILES * LARGEST + _ROOM_FOR_THE_FORM


def with_stored_pictures(
    uploads: list[FileStorage], act: Callable[[list[StoredPicture]], str]
) -> str:
    """Check and store the pictures that came with a form, then act; what is refused is not kept."""
    stored: list[StoredPicture] = []
    try:
        for one in [_checked(upload) for upload in uploads[: MOST_FILES + 1]]:
            stored.append(_stored(one))
        return act(stored)
    except BaseException:
        for kept in stored:
            files.remove(kept.key)
        raise


def _checked(upload: FileStorage) -> CheckedPicture:
    return check_picture(upload.read(LARGEST + 1), upload.filename or "")


def _stored(one: CheckedPicture) -> StoredPicture:
    return StoredPicture(
        one.name,
        one.kind.content_type,
        len(one.data),
        digest_of(one.data),
        files.store(one.data),
    )


@blueprint.get("/<int:credential_id>/files/<int:credential_file_id>")
@requires("people.read")
def picture(credential_id: int, credential_file_id: int) -> Response:
    """A picture of a credential as a download; pages show photos by the same address."""
    scope = current_actor().unit_path
    return _kept(_download(get_picture(credential_file_id, credential_id, scope=scope)))


@blueprint.get("/<int:credential_id>/files/<int:credential_file_id>/pages/<int:number>")
@requires("people.read")
def picture_page(credential_id: int, credential_file_id: int, number: int) -> Response:
    """A page of a PDF as a picture, so that nobody need open it."""
    scope = current_actor().unit_path
    return _kept(_page(get_picture(credential_file_id, credential_id, scope=scope), number))


@blueprint.get("/mine/<int:credential_id>/files/<int:credential_file_id>")
@requires("self.read")
def own_picture(credential_id: int, credential_file_id: int) -> Response:
    """A picture of one's own credential."""
    account_id = current_actor().account_id
    return _download(get_own_picture(credential_file_id, credential_id, account_id=account_id))


@blueprint.get("/mine/<int:credential_id>/files/<int:credential_file_id>/pages/<int:number>")
@requires("self.read")
def own_picture_page(credential_id: int, credential_file_id: int, number: int) -> Response:
    """A page of one's own PDF as a picture."""
    account_id = current_actor().account_id
    return _page(get_own_picture(credential_file_id, credential_id, account_id=account_id), number)


def _download(file: CredentialFile) -> Response:
    """Never opened in the page's own name: as an attachment, sandboxed, whatever is in it."""
    data = files.load(file.file_key)
    return _guarded(attachment(data, file.file_name, file.content_type))


def _page(file: CredentialFile, page: int) -> Response:
    if is_photo(file.content_type) or not 1 <= page <= MOST_PAGES:
        abort(404)
    drawn = page_as_picture(files.load(file.file_key), page)
    if drawn is None:
        abort(404)
    return _guarded(Response(drawn, mimetype="image/png"))


def _guarded(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _kept(response: Response) -> Response:
    """Long enough for the queue to fetch the next picture ahead, and not for whoever sits at the machine next."""
    response.headers["Cache-Control"] = f"private, max-age={AHEAD}"
    return response
