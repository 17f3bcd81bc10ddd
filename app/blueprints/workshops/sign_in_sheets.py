"""The sign-in sheet (签到表): printed blank, given as a workbook, brought back filled."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.downloads import workbook
from app.blueprints.units.acts import show_refusal
from app.blueprints.workshops import attendance_words as words
from app.blueprints.workshops.attendance_forms import SheetForm, asked_wishes
from app.blueprints.workshops.blueprint import blueprint
from app.core import clock
from app.core.errors import InvalidInput
from app.core.spreadsheet import Column, write_table
from app.domain.exchange.reading.container import open_container
from app.domain.people.sealed import masked_phone, open_phone
from app.domain.workshops.models import Workshop, WorkshopSession
from app.domain.workshops.operations.attendance import set_states
from app.domain.workshops.operations.sessions import when
from app.domain.workshops.queries.attendance import (
    NOTHING,
    get_run_session,
    list_people,
    read_session,
)
from app.domain.workshops.rules import sign_in_sheet as rules
from app.domain.workshops.rules.words import AttendanceMethod

WIDTHS = (6, 12, 28, 16, 26, 14, 14, 20)
BLANK_LINES = 3  # for who comes without standing on the list


def _read(workshop_id: int, session_id: int) -> tuple[Workshop, WorkshopSession]:
    return get_run_session(workshop_id, session_id, actor=current_actor())


def _lines(workshop_id: int, session: WorkshopSession) -> list[tuple[object, ...]]:
    """序号 姓名 单位 联系电话 日期/时段, and what is left to be signed."""
    return [
        (number, one.name, one.unit_name, masked_phone(one.phone_sealed), when(session))
        for number, one in enumerate(list_people(workshop_id), start=1)
    ]


def _title(workshop: Workshop) -> str:
    cohort = f"（{workshop.cohort}）" if workshop.cohort else ""
    return _("Sign-in sheet: %(title)s", title=f"{workshop.title}{cohort}")


@blueprint.get("/<int:workshop_id>/attendance/<int:session_id>/sheet")
@requires("workshops.grade")
def attendance_sheet(workshop_id: int, session_id: int) -> str:
    """A blank sheet to print and sign."""
    workshop, session = _read(workshop_id, session_id)
    return render_template(
        "workshops/attendance_sheet.html",
        workshop=workshop,
        session=session,
        title=_title(workshop),
        headers=rules.COLUMNS,
        when=when(session),
        lines=_lines(workshop.id, session),
        blank=BLANK_LINES,
    )


@blueprint.get("/<int:workshop_id>/attendance/<int:session_id>/sheet.xlsx")
@requires("workshops.grade")
def attendance_workbook(workshop_id: int, session_id: int) -> Response:
    """The same sheet as a workbook."""
    workshop, session = _read(workshop_id, session_id)
    columns = [Column(header, width) for header, width in zip(rules.COLUMNS, WIDTHS, strict=True)]
    rows = [(*line, "", "", "") for line in _lines(workshop.id, session)]
    title = _title(workshop)
    place = session.place or ""
    data = write_table(title, columns, rows, subtitle=f"{when(session)}  {place}".strip())
    day = clock.local(session.starts_at).strftime("%Y%m%d")
    return workbook(data, f"{title}-{day}.xlsx".replace("/", "-"))


@blueprint.route("/<int:workshop_id>/attendance/<int:session_id>/import", methods=["GET", "POST"])
@requires("workshops.grade")
def import_sheet(workshop_id: int, session_id: int) -> ResponseReturnValue:
    """Bring a filled sheet; what it says is shown before anything is recorded."""
    workshop, session = _read(workshop_id, session_id)
    form = SheetForm()
    if form.validate_on_submit():
        try:
            lines = read_sheet(form.file.data.read())
        except InvalidInput as error:
            show_refusal(form, error)
        else:
            return _preview(workshop, session, lines)
    page = render_template(
        "workshops/import_sheet.html", workshop=workshop, session=session, form=form
    )
    return (page, 422) if form.errors else page


def read_sheet(data: bytes) -> list[rules.Line]:
    """The people's lines of the first sheet that has the header of a sign-in sheet. Raises InvalidInput."""
    container = open_container(data)
    for name in container.names:
        rows = container.load(name).rows
        found = rules.find_header(rows)
        if found is None:
            continue
        lines = rules.read_lines(rows, *found)
        if not lines:
            raise InvalidInput(_("No lines stand below the header."), "no_rows", "file")
        return lines
    raise InvalidInput(
        _("This is no sign-in sheet: a row with the headers 姓名, 单位 and 签到 is missing."),
        "no_header_row",
        "file",
    )


def _preview(workshop: Workshop, session: WorkshopSession, lines: list[rules.Line]) -> str:
    people = list_people(workshop.id)
    known = [
        rules.Known(one.enrolment_id, one.name, one.unit_name, open_phone(one.phone_sealed))
        for one in people
    ]
    sheet = rules.SheetTime(session.starts_at, session.ends_at, clock.zone())
    matched = rules.match_lines(lines, known, sheet)
    named = {one.known.enrolment_id for one in matched if one.known is not None}
    return render_template(
        "workshops/import_preview.html",
        workshop=workshop,
        session=session,
        matched=[one for one in matched if one.trouble is None],
        unknown=[one for one in matched if one.trouble == "unknown"],
        wrong=[one for one in matched if one.trouble not in {None, "unknown"}],
        missing=[one for one in people if one.enrolment_id not in named],
        recorded=read_session(session.id),
        nothing=NOTHING,
        words=words,
    )


@blueprint.post("/<int:workshop_id>/attendance/<int:session_id>/import/land")
@requires("workshops.grade")
def land_sheet(workshop_id: int, session_id: int) -> ResponseReturnValue:
    """Record what the preview showed: all of it, or nothing when something has changed since."""
    _read(workshop_id, session_id)
    wishes = asked_wishes(request.form)
    with acting() as actor:
        saved = set_states(
            session_id,
            wishes,
            actor=actor,
            method=AttendanceMethod.WORKBOOK,
            all_or_nothing=True,
        )
    flash(
        ngettext(
            "%(num)s line of the sheet recorded.",
            "%(num)s lines of the sheet recorded.",
            len(saved.changed),
        ),
        "success",
    )
    return redirect(
        url_for("workshops.attendance_session", workshop_id=workshop_id, session_id=session_id)
    )
