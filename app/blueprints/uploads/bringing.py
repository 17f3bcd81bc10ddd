"""A file that comes with a form: uploaded before in pieces (field ``upload``), or as it is (field ``file``)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import request
from flask_babel import gettext as _

from app.access.guards import current_actor
from app.blueprints.uploads.purposes import allowance
from app.core import clock, resumable
from app.core.errors import InvalidInput
from app.core.file_types import clean_name


@dataclass(frozen=True, slots=True)
class Brought:
    """The file at ``path``, which is read and never moved; ``twin()`` may be. Call ``use`` inside the act."""

    path: Path
    name: str
    size: int
    token: str | None

    def twin(self) -> Path:
        """A second name of the same file, to be moved away (core.media.keep_file)."""
        return resumable.link_to(self.path)

    def use(self) -> None:
        """Note that the act uses the file: a second act with the same upload is refused."""
        if self.token is not None:
            account_id = current_actor().account_id or 0
            resumable.use(self.token, account_id=account_id, now=clock.now())


def has_file() -> bool:
    """Whether a file came with the form, in either way."""
    sent = request.files.get("file")
    return bool(request.form.get("upload", "").strip() or (sent is not None and sent.filename))


@contextmanager
def brought_file(purpose: str) -> Iterator[Brought]:
    """The file of this form. An upload in pieces stays when the act is refused, and goes once it has landed.

    Raises ``no_file``, ``file_too_large``, ``file_type``, and what ``resumable.arrived`` raises.
    """
    token = request.form.get("upload", "").strip()
    if token:
        account_id = current_actor().account_id or 0
        came = resumable.arrived(token, account_id=account_id, purpose=purpose)
        yield Brought(came.path, came.file_name, came.size, token)
        resumable.drop(token)
        return
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidInput(_("Choose a file."), "no_file", "file")
    _refuse_kind(purpose, sent.filename)
    path = resumable.spool(sent.stream)
    try:
        size = path.stat().st_size
        if not size:
            raise InvalidInput(_("The file is empty."), "empty_file", "file")
        yield Brought(path, clean_name(sent.filename), size, None)
    finally:
        path.unlink(missing_ok=True)


def _refuse_kind(purpose: str, name: str) -> None:
    allowed = allowance(purpose, current_actor())
    if not allowed.takes(name):
        raise InvalidInput(
            _(
                "This kind of file is not taken here. Taken: %(kinds)s.",
                kinds=", ".join(allowed.suffixes),
            ),
            "file_type",
            "file",
        )
