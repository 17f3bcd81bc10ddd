"""What the forms of changes send: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.blueprints.choice_fields import SelectField


class ChangeForm(FlaskForm):
    """A change with its day and reason; ``mentor`` and ``seats`` only where the kind asks for them."""

    row_version = HiddenField()
    on = DateField(_l("From which day on"), [InputRequired(_l("Choose a day."))])
    seats = SelectField(_l("Base school"), [Optional()], coerce=int, validate_choice=False)
    mentor = SelectField(_l("Mentor"), [Optional()], coerce=int, validate_choice=False)
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Give a reason.")), Length(max=1000)],
        render_kw={"rows": 3},
    )


class AskForm(FlaskForm):
    """A change that somebody asks the bureau for."""

    kind = SelectField(_l("What to change"))
    on = DateField(_l("From which day on"), [InputRequired(_l("Choose a day."))])
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Give a reason.")), Length(max=1000)],
        render_kw={"rows": 3},
    )
