"""What the register's forms send: shape only."""

from __future__ import annotations

from flask import abort
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.datastructures import MultiDict
from wtforms import DateField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.blueprints.choice_fields import SelectField
from app.blueprints.registers import changed_lines
from app.domain.workshops.operations.attendance import Wish
from app.domain.workshops.rules.words import AttendanceState


def asked_wishes(form: MultiDict[str, str]) -> dict[int, Wish]:
    """What somebody wants recorded, by enrolment, of the lines they changed."""
    return {
        line.id: Wish(_state(line.wanted), line.seen, line.note) for line in changed_lines(form)
    }


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
