"""Forms of the matching: shape only."""

from __future__ import annotations

import dataclasses
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField
from wtforms.validators import InputRequired, NumberRange

from app.blueprints.choice_fields import RadioField, SelectField
from app.domain.placements.rules.matching_inputs import Weights

HEAVIEST = 1000
NOWHERE = "nowhere"


def _weight(label: Any) -> IntegerField:
    return IntegerField(
        label,
        [InputRequired(), NumberRange(0, HEAVIEST)],
        render_kw={"inputmode": "numeric", "min": 0, "max": HEAVIEST},
    )


class WeightsForm(FlaskForm):
    """What each thing weighs, in points."""

    preference = _weight(_l("Each wish further down"))
    not_preferred = _weight(_l("A base school not wished for"))
    stage = _weight(_l("Another stage"))
    subject = _weight(_l("Another subject"))
    km = _weight(_l("Each kilometre"))
    unknown_km = _weight(_l("Kilometres where the distance is unknown"))
    load = _weight(_l("Each trainee the mentor already has"))
    mentor_stage = _weight(_l("A mentor of another stage"))
    mentor_subject = _weight(_l("A mentor of another subject"))

    def weights(self) -> Weights:
        return Weights(**{item.name: self[item.name].data for item in dataclasses.fields(Weights)})


class LineForm(FlaskForm):
    """Which line, as the officer saw it."""

    row_version = HiddenField()


class MoveForm(LineForm):
    """Where to, and with whom."""

    seats = RadioField(_l("Base school"), [InputRequired(_l("Choose where to."))])
    mentor = SelectField(_l("Mentor"), default="")


class SwapForm(LineForm):
    with_whom = SelectField(_l("Change places with"), [InputRequired(_l("Choose somebody."))])


class ConfirmForm(FlaskForm):
    """The proposal as the officer saw it."""

    seen = HiddenField()
