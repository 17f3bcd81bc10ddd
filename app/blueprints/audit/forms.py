"""Shapes of what an auditor sends."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length


class OpenForm(FlaskForm):
    """Why personal values of an entry are opened."""

    reason = StringField(
        _l("Why do you need to see them?"),
        filters=[lambda text: (text or "").strip()],
        validators=[DataRequired(_l("Say why.")), Length(max=500)],
    )
