"""Forms of the units' pages: shape only, the rules are in the domain."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    Field,
    HiddenField,
    IntegerField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.blueprints.choice_fields import SelectField
from app.blueprints.units.words import KIND_NAMES, STAGE_NAMES
from app.domain.units.models import SchoolStage, UnitKind

NAME = Length(max=120)
LARGEST_COUNT = 100_000


def _one_of(kind: type[Any]) -> Callable[[str | None], Any]:
    def coerce(text: str | None) -> Any:
        return kind(text) if text else None

    return coerce


def _required() -> InputRequired:
    return InputRequired(_l("This is needed."))


def stage_choices() -> list[tuple[str, Any]]:
    return [(stage.value, STAGE_NAMES[stage]) for stage in SchoolStage]


class DatedForm(FlaskForm):
    """A change that holds from a day, for a reason."""

    on = DateField(_l("From"), [_required()])
    reason = TextAreaField(_l("Reason or document"), [Length(max=500)])
    row_version = HiddenField()


class OpenForm(FlaskForm):
    kind = SelectField(_l("Kind"), [_required()], coerce=_one_of(UnitKind))
    name = StringField(_l("Name"), [_required(), NAME])
    code = StringField(_l("Code"), [Length(max=20)])
    stage = SelectField(_l("School stage"), coerce=_one_of(SchoolStage))
    opened_on = DateField(_l("Opened on"), [Optional()])
    short_names = StringField(_l("Short names"), [NAME])

    def offer(self, kinds: list[UnitKind]) -> OpenForm:
        """Narrow the choices to what may hang under the unit."""
        self.kind.choices = [(kind.value, KIND_NAMES[kind]) for kind in kinds]
        self.stage.choices = [("", "–"), *stage_choices()]
        return self

    def validate_stage(self, field: Field) -> None:
        if self.kind.data is UnitKind.SCHOOL and field.data is None:
            raise ValidationError(_l("A school has a stage."))


class RenameForm(DatedForm):
    name = StringField(_l("New name"), [_required(), NAME])


class StageForm(DatedForm):
    stage = SelectField(_l("New stage"), [_required()], coerce=_one_of(SchoolStage))


class MoveForm(DatedForm):
    parent = StringField(_l("Under which unit"), [_required(), NAME])


class MergeForm(DatedForm):
    target = StringField(_l("Into which unit"), [_required(), NAME])
    reason = TextAreaField(_l("Reason or document"), [_required(), Length(max=500)])


class CloseForm(DatedForm):
    on = DateField(_l("Last day"), [_required()])
    reason = TextAreaField(_l("Reason or document"), [_required(), Length(max=500)])
    end_postings = BooleanField(_l("End the postings there on that day"))


class CorrectForm(FlaskForm):
    name = StringField(_l("Name"), [_required(), NAME])
    code = StringField(_l("Code"), [_required(), Length(max=20)])
    opened_on = DateField(_l("Opened on"), [Optional()])
    reason = TextAreaField(_l("Reason"), [_required(), Length(max=500)])
    row_version = HiddenField()


class ReasonForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), [_required(), Length(max=500)])


class AliasForm(FlaskForm):
    alias = StringField(_l("Other name"), [_required(), NAME])


class BaseSchoolForm(FlaskForm):
    on = DateField(_l("From"), [_required()])
    basis = StringField(_l("Document"), [Length(max=200)])


class EndBaseSchoolForm(FlaskForm):
    on = DateField(_l("Last day"), [_required()])
    reason = TextAreaField(_l("Reason"), [_required(), Length(max=500)])


class FacilityForm(FlaskForm):
    on = DateField(_l("Reported for"), [_required()])
    rooms = IntegerField(
        _l("Counseling rooms"), [_required(), NumberRange(min=0, max=LARGEST_COUNT)]
    )
    room_area = DecimalField(
        _l("Area of the rooms (m²)"),
        [Optional(), NumberRange(min=0, max=LARGEST_COUNT)],
        places=2,
    )
    pupils = IntegerField(_l("Pupils"), [Optional(), NumberRange(min=0, max=LARGEST_COUNT)])
    reason = StringField(_l("Reason, when correcting"), [Length(max=500)])
