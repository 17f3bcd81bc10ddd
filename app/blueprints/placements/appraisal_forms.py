"""Forms of the appraisal: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, TextAreaField
from wtforms.validators import Length, Optional

from app.blueprints.choice_fields import RadioField
from app.blueprints.people.forms import needed
from app.blueprints.placements.words import RESULTS
from app.domain.placements.rules.appraisal import LONGEST_TEXT


class OpinionForm(FlaskForm):
    """An opinion; marks of the criteria are fields of their own (``mark-<criterion>``)."""

    text = TextAreaField(_l("Opinion"), [needed(), Length(max=LONGEST_TEXT)], render_kw={"rows": 6})
    result = RadioField(
        _l("Assessment result"),
        [Optional()],
        choices=[(result.value, words) for result, words in RESULTS.items()],
    )
    exception_reason = TextAreaField(
        _l("Why it should count as passed nevertheless"),
        [Length(max=500)],
        render_kw={"rows": 2},
    )


class OutcomeForm(FlaskForm):
    """The version of the placement that the officer saw."""

    row_version = HiddenField()
