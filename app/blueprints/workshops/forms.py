"""Forms of planning: shape only, the rules are in the domain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, DateField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from app.blueprints.choice_fields import RadioField, SelectField
from app.blueprints.decimals import PlainDecimalField
from app.blueprints.people.forms import needed, one_of
from app.blueprints.units.forms import stage_choices
from app.blueprints.workshops.fields import MomentField, TicksField
from app.blueprints.workshops.words import (
    APPROVALS,
    AUDIENCES,
    KINDS,
    LEVELS,
    PARTS,
    POSTING_ROLES,
    TRAINER_ROLES,
)
from app.domain.people.rules import TrainingLevel
from app.domain.workshops.operations.programmes import ProgrammeFacts
from app.domain.workshops.operations.sessions import SessionFacts
from app.domain.workshops.rules.words import Approval, SessionPart, TrainerRole, WorkshopKind

UNIT = Length(max=160)
MOST_SEATS = 100_000


def choices(words: dict[Any, Any]) -> list[tuple[str, Any]]:
    return [(item.value, text) for item, text in words.items()]


def percentage() -> NumberRange:
    return NumberRange(0, 100)


class WorkshopForm(FlaskForm):
    """What a workshop says; seats, sessions, trainers and files have pages of their own."""

    title = StringField(_l("Title"), [needed(), Length(max=200)])
    cohort = StringField(_l("Cohort"), [Length(max=40)])
    programme_id = SelectField(_l("Programme"), coerce=lambda text: int(text) if text else None)
    kind = SelectField(_l("Kind"), [needed()], choices=choices(KINDS), coerce=one_of(WorkshopKind))
    level = SelectField(
        _l("Level"), [needed()], choices=choices(LEVELS), coerce=one_of(TrainingLevel)
    )
    audiences = TicksField(_l("Audience"), choices=choices(AUDIENCES))
    description = TextAreaField(_l("Description"), [Length(max=5000)])
    contact = StringField(_l("Contact"), [Length(max=200)])
    approval = RadioField(
        _l("Approval"), [needed()], choices=choices(APPROVALS), coerce=one_of(Approval),
        default=Approval.NONE.value,
    )  # fmt: skip
    enrolment_opens_at = MomentField(_l("Enrolment begins"), [Optional()])
    enrolment_closes_at = MomentField(_l("Enrolment ends"), [Optional()])
    withdraw_until = MomentField(_l("Withdraw without a reason until"), [Optional()])
    quota_release_at = MomentField(_l("Unused quota seats become open"), [Optional()])
    eligible_roles = TicksField(_l("Full or part time"), choices=choices(POSTING_ROLES))
    eligible_stages = TicksField(_l("School stage"), choices=stage_choices())
    eligible_unit = StringField(_l("Only people of the unit"), [UNIT])
    required_level = SelectField(
        _l("Has passed a training of at least this level"),
        choices=[("", "–"), *choices(LEVELS)],
        coerce=one_of(TrainingLevel),
    )
    not_trained_since = DateField(_l("Has not finished this training since"), [Optional()])
    credit_hours = PlainDecimalField(_l("Credit hours"), [Optional()], default=0)
    minimum_attendance = IntegerField(
        _l("Attendance of at least"), [needed(), percentage()], default=80
    )
    minimum_grade = IntegerField(_l("Grade of at least"), [needed(), percentage()], default=0)
    pass_bound = IntegerField(_l("Passed from"), [needed(), percentage()], default=60)
    excellent_bound = IntegerField(_l("Excellent from"), [needed(), percentage()], default=90)
    second_marking = BooleanField(_l("A second marker marks without seeing the first"))
    agree_within = PlainDecimalField(
        _l("Two marks agree when they differ by at most"), [needed(), NumberRange(0, 100)],
        default=10,
    )  # fmt: skip
    appeal_days = IntegerField(_l("Days for an appeal"), [needed(), NumberRange(0, 365)], default=7)
    place_check = BooleanField(_l("The check-in code counts only at the place of the session"))
    row_version = HiddenField()

    def offer(self, programmes: list[tuple[int, str]]) -> WorkshopForm:
        self.programme_id.choices = [("", "–"), *((str(key), text) for key, text in programmes)]
        return self

    def facts(self) -> dict[str, Any]:
        """The fields as the domain names them, but for the units, which need the actor's scope."""
        besides = {"csrf_token", "row_version", "eligible_unit", "organiser", "capacity"}
        values = {name: value for name, value in self.data.items() if name not in besides}
        values["credit_hours"] = values["credit_hours"] or 0
        for name in ("cohort", "description", "contact"):
            values[name] = (values[name] or "").strip() or None
        return values


class NewWorkshopForm(WorkshopForm):
    organiser = StringField(_l("Organiser"), [needed(), UNIT])
    capacity = IntegerField(_l("Seats"), [needed(), NumberRange(1, MOST_SEATS)])


class SessionForm(FlaskForm):
    starts_at = MomentField(_l("Starts"), [needed()])
    ends_at = MomentField(_l("Ends"), [needed()])
    place = StringField(_l("Place"), [Length(max=200)])
    title = StringField(_l("Topic"), [Length(max=200)])
    part = RadioField(
        _l("Part"), [needed()], choices=choices(PARTS), coerce=one_of(SessionPart),
        default=SessionPart.THEORY.value,
    )  # fmt: skip
    makes_up_for = SelectField(
        _l("Make-up session for"), coerce=lambda text: int(text) if text else None
    )
    latitude = PlainDecimalField(_l("Latitude"), [Optional(), NumberRange(-90, 90)])
    longitude = PlainDecimalField(_l("Longitude"), [Optional(), NumberRange(-180, 180)])
    row_version = HiddenField()
    seen_clashes = HiddenField()

    def offer(self, sessions: list[tuple[int, str]]) -> SessionForm:
        self.makes_up_for.choices = [("", "–"), *((str(key), text) for key, text in sessions)]
        return self

    def facts(self) -> SessionFacts:
        return SessionFacts(
            starts_at=_given(self.starts_at),
            ends_at=_given(self.ends_at),
            place=self.place.data,
            title=self.title.data,
            part=self.part.data,
            latitude=_coordinate(self.latitude),
            longitude=_coordinate(self.longitude),
            makes_up_for_id=self.makes_up_for.data,
        )


def _given(field: MomentField) -> datetime:
    """The moment of a field that the form has found filled in."""
    if field.data is None:
        raise ValueError(f"{field.name} is empty")
    return field.data


def _coordinate(field: PlainDecimalField) -> float | None:
    return None if field.data is None else float(field.data)


class CapacityForm(FlaskForm):
    capacity = IntegerField(_l("Seats"), [needed(), NumberRange(1, MOST_SEATS)])
    row_version = HiddenField()


class TrainerForm(FlaskForm):
    account = SelectField(
        _l("Trainer"), [needed()], coerce=lambda text: int(text) if text else None
    )
    role = RadioField(
        _l("As"), [needed()], choices=choices(TRAINER_ROLES), coerce=one_of(TrainerRole),
        default=TrainerRole.TRAINER.value,
    )  # fmt: skip
    session = SelectField(
        _l("Only for the session"), coerce=lambda text: int(text) if text else None
    )


class FileForm(FlaskForm):
    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])


class ReasonForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])


class CopyForm(FlaskForm):
    cohort = StringField(_l("Cohort"), [Length(max=40)])
    begins_on = DateField(_l("First session on"), [Optional()])
    with_files = BooleanField(_l("Hand out the same files"), default=True)


class DecideForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), [Length(max=500)])


class ProgrammeForm(FlaskForm):
    year = IntegerField(_l("Year"), [needed()])
    title = StringField(_l("Title"), [needed(), Length(max=200)])
    level = SelectField(
        _l("Level"), [needed()], choices=choices(LEVELS), coerce=one_of(TrainingLevel)
    )
    audiences = TicksField(_l("Audience"), choices=choices(AUDIENCES))
    planned_workshops = IntegerField(_l("Workshops planned"), [Optional()])
    planned_people = IntegerField(_l("People planned"), [Optional()])
    note = TextAreaField(_l("Remarks"), [Length(max=2000)])
    row_version = HiddenField()

    def facts(self) -> ProgrammeFacts:
        return ProgrammeFacts(
            year=self.year.data,
            title=self.title.data,
            level=self.level.data,
            audiences=tuple(self.audiences.data or ()),
            planned_workshops=self.planned_workshops.data,
            planned_people=self.planned_people.data,
            note=self.note.data,
        )


class NewProgrammeForm(ProgrammeForm):
    unit = StringField(_l("Unit"), [needed(), UNIT])
