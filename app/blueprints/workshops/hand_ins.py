"""Hand in work (≤ 50 MB), and give it to who marks it: one file, or all as one archive; never a whole one in memory."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from flask import Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.access.guards import acting, current_actor, requires
from app.blueprints.downloads import attachment
from app.blueprints.units.acts import show_refusal
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.grading_forms import HandInForm
from app.core import clock, files
from app.core.errors import DomainError, Forbidden, NotFound
from app.core.file_types import ALLOWED, LARGEST_WORK, clean_name
from app.core.uploads import check_stream
from app.domain.workshops.operations import assignments as operations
from app.domain.workshops.operations.appeals import own_enrolment
from app.domain.workshops.queries.assignments import (
    get_assignment,
    get_submission,
    list_hand_ins,
    list_own_submissions,
)
from app.domain.workshops.queries.workshops import get_run_workshop, get_workshop, may_run
from app.domain.workshops.rules.assignments import names_in_archive

_ROOM_FOR_THE_FORM = 1024 * 1024


@blueprint.url_value_preprocessor
def _allow_large_work(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything reads the form: work handed in may be larger than what other pages take."""
    if endpoint == "workshops.hand_in":
        request.max_content_length = LARGEST_WORK + _ROOM_FOR_THE_FORM


@blueprint.route(
    "/<int:workshop_id>/assignments/<int:assignment_id>/hand-in", methods=["GET", "POST"]
)
@requires("workshops.enrol")
def hand_in(workshop_id: int, assignment_id: int) -> ResponseReturnValue:
    """Hand in one's work; a newer file counts instead of the earlier, which is kept."""
    actor = current_actor()
    get_workshop(workshop_id, actor=actor)
    own_enrolment(workshop_id, actor)
    get_assignment(assignment_id, workshop_id)
    form = HandInForm()
    if form.validate_on_submit():
        try:
            late = _keep(workshop_id, assignment_id, form.file.data)
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
        else:
            flash(_("Handed in, late.") if late else _("Handed in."), "success")
            return redirect(
                url_for("workshops.hand_in", workshop_id=workshop_id, assignment_id=assignment_id)
            )
    page = _page(workshop_id, assignment_id, form)
    return (page, 422) if form.errors else page


def _keep(workshop_id: int, assignment_id: int, upload: FileStorage) -> bool:
    """Check and store the file, then hand it in; a refused one is not kept. Whether it was late."""
    name = upload.filename or ""
    kind, size = check_stream(upload.stream, name, LARGEST_WORK)
    key = files.store_stream(upload.stream)
    try:
        with acting() as actor:
            made = operations.hand_in(
                assignment_id,
                workshop_id=workshop_id,
                file_key=key,
                name=name,
                kind=kind,
                size=size,
                actor=actor,
            )
            late = made.late
    except BaseException:
        files.remove(key)
        raise
    return late


def _page(workshop_id: int, assignment_id: int, form: HandInForm) -> str:
    actor = current_actor()
    workshop = get_workshop(workshop_id, actor=actor)
    enrolment = own_enrolment(workshop_id, actor)
    found = get_assignment(assignment_id, workshop_id)
    code = operations.why_not_hand_in(found, enrolment)
    return render_template(
        "workshops/hand_in.html",
        workshop=workshop,
        assignment=found,
        form=form,
        refusal=operations.hand_in_refusal(code).message if code else None,
        submissions=list_own_submissions(assignment_id, enrolment.id),
        most=LARGEST_WORK,
        accept=",".join(f".{suffix}" for suffix in ALLOWED),
        now=clock.now(),
    )


@blueprint.get("/<int:workshop_id>/submissions/<int:submission_id>/file")
@requires("workshops.read")
def submission_file(workshop_id: int, submission_id: int) -> Response:
    """What somebody handed in: for themselves, and for who runs the workshop."""
    actor = current_actor()
    workshop = get_workshop(workshop_id, actor=actor)
    found = get_submission(submission_id, workshop_id)
    own = actor.account_id is not None and found.enrolment.person.account_id == actor.account_id
    if not own and not may_run(workshop, actor):
        raise NotFound(_("There is no such file in this workshop."))
    name = found.file_name if own else f"{found.enrolment.person.name}_{found.file_name}"
    response = attachment(b"", clean_name(name), found.content_type)
    response.response = files.pieces(found.file_key)
    response.content_length = found.size
    return response


@blueprint.get("/<int:workshop_id>/assignments/<int:assignment_id>/files.zip")
@requires("workshops.grade")
def assignment_files(workshop_id: int, assignment_id: int) -> Response:
    """Everything that counts as one ZIP, written while it is sent."""
    get_run_workshop(workshop_id, actor=current_actor())
    found = get_assignment(assignment_id, workshop_id)
    handed = [
        (f"{row.name}_{row.unit_name}_{row.newest.file_name}", row.newest)
        for row in list_hand_ins(found)
        if row.newest is not None
    ]
    names = names_in_archive([clean_name(name) for name, _newest in handed])
    keys = [newest.file_key for _name, newest in handed]
    response = attachment(b"", f"{found.title}.zip", "application/zip")
    response.response = stream_with_context(_archive(list(zip(names, keys, strict=True))))
    response.headers.pop("Content-Length", None)
    return response


class _Pipe(io.RawIOBase):
    """What the archive is written into, taken out again piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._pieces.append(bytes(data))
        return len(data)

    def take(self) -> bytes:
        taken, self._pieces = b"".join(self._pieces), []
        return taken


def _archive(members: list[tuple[str, str]]) -> Iterator[bytes]:
    pipe, moment = _Pipe(), clock.local(clock.now()).timetuple()[:6]
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED) as archive:
        for name, key in members:
            entry = zipfile.ZipInfo(name, moment)
            entry.external_attr = 0o600 << 16
            with archive.open(entry, "w") as member:
                for piece in files.pieces(key):
                    member.write(piece)
                    yield pipe.take()
    yield pipe.take()
