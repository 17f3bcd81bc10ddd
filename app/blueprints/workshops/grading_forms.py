"""Forms of grading, appeals, the guide and assignments: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    DecimalField,
    HiddenField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, Optional

from app.blueprints.choice_fields import RadioField, SelectField
from app.blueprints.people.forms import needed


class SheetForm(FlaskForm):
    file = FileField(_l("Grade sheet"), [FileRequired(_l("Choose the sheet."))])


class ConfirmSheetForm(FlaskForm):
    cells = HiddenField()


class ModerateForm(FlaskForm):
    points = DecimalField(_l("Points"), [needed()], places=None)
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)], render_kw={"rows": 3})


class ChangeMarkForm(FlaskForm):
    criterion = SelectField(_l("Criterion"), [needed()], coerce=int)
    value = StringField(_l("New mark"), [needed(), Length(max=40)])
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)], render_kw={"rows": 3})
    seen = HiddenField()


class AppealForm(FlaskForm):
    reason = TextAreaField(
        _l("What do you think is wrong?"), [needed(), Length(max=2000)], render_kw={"rows": 5}
    )


class AnswerForm(FlaskForm):
    decision = RadioField(
        _l("Decision"),
        [needed()],
        choices=[("grant", _l("Grant it and change marks")), ("refuse", _l("The result stays"))],
    )
    answer = TextAreaField(_l("Reason"), [needed(), Length(max=2000)], render_kw={"rows": 4})


class AssignmentForm(FlaskForm):
    title = StringField(_l("Title"), [needed(), Length(max=200)])
    instructions = TextAreaField(
        _l("What is to be done"), [Length(max=5000)], render_kw={"rows": 6}
    )
    due_at = DateTimeLocalField(
        _l("Due"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
    )
    accepts_late = BooleanField(_l("Late work is taken and marked as late"), default=True)
    criterion = SelectField(_l("Marked under"), coerce=int)
    row_version = HiddenField()


class HandInForm(FlaskForm):
    file = FileField(_l("File"), [FileRequired(_l("Choose the file."))])


class EmptyForm(FlaskForm):
    """Nothing but its token."""
