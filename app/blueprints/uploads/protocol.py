"""The tus 1.0 protocol: creation, pieces, how far, termination, expiration. Answers are for scripts: plain text.

A piece is at most what a form may carry (XINYU_UPLOAD_MEGABYTES), so no request holds a thread for long.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from email.utils import format_datetime
from functools import wraps

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, signed_in
from app.blueprints.uploads.purposes import allowance
from app.core import clock, resumable
from app.core.db import db
from app.core.errors import DomainError, InvalidInput

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
LONGEST_PURPOSE = 80
_STATUS = {"file_too_large": 413, "no_room": 507, "too_many_uploads": 429}

blueprint = Blueprint("uploads", __name__)


def same_version(view: Callable[..., Response]) -> Callable[..., Response]:
    """Another version of the protocol is refused, and ours is told."""

    @wraps(view)
    def guarded(**values: str) -> Response:
        if request.headers.get("Tus-Resumable") != VERSION:
            words = _("This program does not speak tus 1.0.0.")
            return Response(words, 412, {"Tus-Version": VERSION})
        return view(**values)

    return guarded


@blueprint.after_request
def _tell_version(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    return response


@blueprint.errorhandler(DomainError)
def _refused(error: DomainError) -> Response:
    db.session.rollback()
    status = _STATUS.get(error.code, error.status)
    return Response(str(error.message), status, mimetype="text/plain")


@blueprint.route("/", methods=["OPTIONS"])
@signed_in
def options() -> Response:
    """What the server can do."""
    headers = {"Tus-Version": VERSION, "Tus-Extension": "creation,expiration,termination"}
    return Response(status=204, headers=headers)


@blueprint.post("/")
@signed_in
@same_version
def create() -> Response:
    """Begin an upload: its size, name and purpose are known and allowed before any of it travels."""
    said = _metadata(request.headers.get("Upload-Metadata", ""))
    purpose, name = said.get("purpose", "")[:LONGEST_PURPOSE], said.get("filename", "")
    size = _number("Upload-Length")
    actor = current_actor()
    allowed = allowance(purpose, actor)
    if not allowed.takes(name):
        raise InvalidInput(
            _(
                "This kind of file is not taken here. Taken: %(kinds)s.",
                kinds=", ".join(allowed.suffixes),
            ),
            "file_type",
            "file",
        )
    with acting() as actor:
        upload = resumable.begin(
            account_id=actor.account_id or 0,
            purpose=purpose,
            file_name=name,
            size=size,
            largest=allowed.largest,
            now=clock.now(),
        )
        token = upload.token
    answer = Response(status=201)
    answer.headers["Location"] = url_for("uploads.standing", token=token)
    answer.headers["Upload-Expires"] = format_datetime(
        clock.now() + resumable.LIFETIME, usegmt=True
    )
    return answer


@blueprint.route("/<string:token>", methods=["HEAD"])
@signed_in
@same_version
def standing(token: str) -> Response:
    """How much of it is here."""
    found = resumable.standing(token, account_id=_own())
    answer = _told(found, 200)
    answer.headers["Upload-Length"] = str(found.size)
    return answer


@blueprint.patch("/<string:token>")
@signed_in
@same_version
def piece(token: str) -> Response:
    """The next piece. What comes before the connection breaks is kept."""
    if request.mimetype != PIECE_TYPE:
        return Response(_("A piece is sent as %(type)s.", type=PIECE_TYPE), 415)
    offset, length = _number("Upload-Offset"), request.content_length
    if length is None:
        return Response(_("Say how long the piece is."), 411)
    found = resumable.receive(
        token, request.stream, account_id=_own(), offset=offset, length=length
    )
    return _told(found, 204)


@blueprint.delete("/<string:token>")
@signed_in
@same_version
def cancel(token: str) -> Response:
    """The file is not wanted any more."""
    with acting() as actor:
        resumable.give_up(token, account_id=actor.account_id or 0)
    resumable.drop(token)
    return Response(status=204)


def _own() -> int:
    return current_actor().account_id or 0


def _told(found: resumable.Standing, status: int) -> Response:
    return Response(
        status=status,
        headers={
            "Upload-Offset": str(found.received),
            "Upload-Expires": format_datetime(found.expires_at, usegmt=True),
            "Cache-Control": "no-store",
        },
    )


def _number(header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdecimal() and len(text) < 16):
        raise InvalidInput(_("The header %(name)s must be a whole number.", name=header), "header")
    return int(text)


def _metadata(header: str) -> dict[str, str]:
    """``key base64,key base64`` as texts. What cannot be read is refused."""
    said: dict[str, str] = {}
    for pair in header.split(","):
        key, _blank, value = pair.strip().partition(" ")
        try:
            said[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise InvalidInput(_("What the file is for could not be read."), "metadata") from None
    if any("\0" in value for value in said.values()):
        raise InvalidInput(_("What the file is for could not be read."), "metadata")
    return said


def plain_limit() -> int:
    """The largest file that comes with a form as it is, in bytes."""
    most: int = current_app.config["MAX_CONTENT_LENGTH"]
    return most - 1024 * 1024
