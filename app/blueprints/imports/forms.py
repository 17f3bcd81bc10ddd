"""Forms of the imports' pages: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.blueprints.choice_fields import SelectField


class UploadForm(FlaskForm):
    """Which workbook, for which unit, of which day."""

    kind = SelectField(_l("What it lists"), [InputRequired(_l("Choose what the workbook lists."))])
    unit = SelectField(_l("Unit"), validate_choice=False)
    mapping = SelectField(_l("Read with the mapping"), validate_choice=False)
    file = FileField(_l("Workbook"), [FileRequired(_l("Choose the workbook."))])
    date = DateField(_l("Speaks of the day"), [Optional()])
    complete = BooleanField(_l("The roster is complete"))


class ReasonForm(FlaskForm):
    reason = TextAreaField(
        _l("Reason"), [InputRequired(_l("Say why.")), Length(max=500)], render_kw={"rows": 3}
    )
