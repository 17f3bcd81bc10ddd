"""What the register's forms send: shape only."""

from __future__ import annotations

from flask import abort
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import DateField, SelectField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.domain.workshops.operations.attendance import Wish
from app.domain.workshops.rules.words import AttendanceState

LONGEST_NOTE = 200


def asked_wishes(form: MultiDict[str, str]) -> dict[int, Wish]:
    """The lines that somebody changed: ``seen-<id>`` says state, version and note they saw, ``state-<id>`` and
    ``note-<id>`` what they want. Lines left as they were are none of their business, whoever changes them meanwhile.
    """
    wishes: dict[int, Wish] = {}
    for name, text in form.items():
        key, _dash, number = name.partition("-")
        if key != "seen" or not (number.isascii() and number.isdecimal()):
            continue
        state, _dot, version = text.partition(".")
        if not (version.isascii() and version.isdecimal()) or len(version) > 9:
            abort(400)
        wanted = form.get(f"state-{number}", state)
        note = form.get(f"note-{number}")
        if wanted == state and (note is None or note.strip() == form.get(f"had-{number}", "")):
            continue
        wishes[int(number)] = Wish(
            _state(wanted), int(version), None if note is None else note[:LONGEST_NOTE].strip()
        )
    return wishes


def _state(text: str) -> AttendanceState | None:
    if not text:
        return None
    if text not in set(AttendanceState):
        abort(400)
    return AttendanceState(text)


class SheetForm(FlaskForm):
    """A filled sign-in sheet."""

    file = FileField(_l("Sign-in sheet"), [FileRequired(_l("Choose the workbook."))])


class LeaveForm(FlaskForm):
    """Which session somebody cannot come to, and why."""

    session = SelectField(_l("Session"), [InputRequired(_l("Choose the session."))], coerce=int)
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Say why you cannot come.")), Length(max=500)],
        render_kw={"rows": 3},
    )


class DaysForm(FlaskForm):
    """When a workshop without sessions was."""

    started_on = DateField(_l("First day"), [Optional()])
    ended_on = DateField(_l("Last day"), [Optional()])


class ReopenForm(FlaskForm):
    reason = TextAreaField(
        _l("Reason"), [InputRequired(_l("Say why.")), Length(max=500)], render_kw={"rows": 3}
    )
