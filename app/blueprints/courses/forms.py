"""Forms of the catalogue: shape only, the rules are in the domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, DecimalField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from app.blueprints.choice_fields import RadioField, SelectField
from app.blueprints.courses.words import AUDIENCES, KINDS, LEVELS, WAYS
from app.blueprints.people.forms import needed, one_of
from app.blueprints.workshops.fields import TicksField
from app.blueprints.workshops.forms import choices
from app.domain.courses.operations.planning import LENGTHS
from app.domain.courses.rules.planning import MOST_PLACES
from app.domain.courses.rules.words import CourseKind, EnrolmentWay
from app.domain.people.rules import Audience, TrainingLevel

UNIT = Length(max=160)


class CourseForm(FlaskForm):
    """What a course says; its lessons, trainers and people have pages of their own."""

    title = StringField(_l("Title"), [needed(), Length(max=LENGTHS["title"])])
    kind = RadioField(
        _l("Where it is learnt"), [needed()], choices=choices(KINDS), coerce=one_of(CourseKind),
        default=CourseKind.OWN.value,
    )  # fmt: skip
    platform = StringField(_l("Platform"), [Length(max=LENGTHS["platform"])])
    address = StringField(_l("Address of the course"), [Length(max=LENGTHS["address"])])
    level = SelectField(
        _l("Level"), [needed()], choices=choices(LEVELS), coerce=one_of(TrainingLevel)
    )
    credit_hours = DecimalField(_l("Credit hours"), [Optional()], places=None, default=0)
    audiences = TicksField(_l("Audience"), choices=choices(AUDIENCES))
    summary = TextAreaField(_l("What it is about"), [Length(max=LENGTHS["summary"])])
    contact = StringField(_l("Contact"), [Length(max=LENGTHS["contact"])])
    way = RadioField(
        _l("Who puts people in"), [needed()], choices=choices(WAYS), coerce=one_of(EnrolmentWay),
        default=EnrolmentWay.SELF.value,
    )  # fmt: skip
    opens_on = DateField(_l("First day"), [Optional()])
    closes_on = DateField(_l("Last day"), [Optional()])
    capacity = IntegerField(_l("Places"), [Optional(), NumberRange(1, MOST_PLACES)])
    eligible_unit = StringField(_l("Only people of the unit"), [UNIT])
    row_version = HiddenField()

    def facts(self) -> dict[str, Any]:
        """The fields as the domain names them, but for the units, which need the actor's scope."""
        besides = {"csrf_token", "row_version", "eligible_unit", "organiser"}
        values = {name: value for name, value in self.data.items() if name not in besides}
        values["credit_hours"] = values["credit_hours"] or 0
        values["audiences"] = [one.value for one in Audience if one.value in values["audiences"]]
        for name in ("summary", "contact", "platform", "address"):
            values[name] = (values[name] or "").strip() or None
        return values


class NewCourseForm(CourseForm):
    organiser = StringField(_l("Organiser"), [needed(), UNIT])


class TrainerForm(FlaskForm):
    account = SelectField(
        _l("Trainer"), [needed()], coerce=lambda text: int(text) if text else None
    )
