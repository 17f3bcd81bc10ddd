"""Forms of handing in work and of marking it: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DecimalField, TextAreaField
from wtforms.validators import Length, Optional

from app.blueprints.choice_fields import RadioField
from app.blueprints.people.forms import needed
from app.domain.courses.rules.hand_ins import LONGEST_FEEDBACK, LONGEST_TEXT


class HandInForm(FlaskForm):
    text = TextAreaField(_l("Your work"), [Length(max=LONGEST_TEXT)], render_kw={"rows": 8})
    file = FileField(_l("File"))


class MarkForm(FlaskForm):
    decision = RadioField(
        _l("Decision"),
        [needed()],
        choices=[
            ("accept", _l("Accept: the lesson is completed")),
            ("return", _l("Return: hand it in again")),
        ],
    )
    marks = DecimalField(_l("Points"), [Optional()], places=None)
    feedback = TextAreaField(_l("Comment"), [Length(max=LONGEST_FEEDBACK)], render_kw={"rows": 5})
