"""Forms of training records: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.blueprints.choice_fields import SelectField
from app.blueprints.decimals import PlainDecimalField
from app.blueprints.people.forms import needed, one_of
from app.blueprints.people.words import LEVELS, TRAINING_KINDS
from app.domain.people.operations.training_facts import TrainingFacts, TrainingOutcome
from app.domain.people.rules import TrainingKind, TrainingLevel

BY_HAND = (TrainingKind.TRAINING, TrainingKind.ONLINE)


class EventForm(FlaskForm):
    """What all records of a training share."""

    title = StringField(_l("Title"), [needed(), Length(max=200)])
    kind = SelectField(
        _l("Kind"),
        choices=[(kind.value, TRAINING_KINDS[kind]) for kind in BY_HAND],
        coerce=one_of(TrainingKind),
        default=TrainingKind.TRAINING.value,
    )
    level = SelectField(
        _l("Level"),
        [needed()],
        choices=[(level.value, text) for level, text in LEVELS.items()],
        coerce=one_of(TrainingLevel),
    )
    organiser = StringField(_l("Organiser"), [Length(max=120)])
    place = StringField(_l("Place"), [Length(max=120)])
    started_on = DateField(_l("Began on"), [Optional()])
    ended_on = DateField(_l("Ended on"), [needed()])
    hours = PlainDecimalField(_l("Hours"), [Optional()])

    def facts(self) -> TrainingFacts:
        return TrainingFacts(
            title=self.title.data,
            level=self.level.data,
            ended_on=self.ended_on.data,
            started_on=self.started_on.data,
            kind=self.kind.data if self.kind else TrainingKind.PLACEMENT,
            organiser=self.organiser.data,
            place=self.place.data,
            hours=self.hours.data,
        )


class RecordForm(EventForm):
    """One person's record, or those of several at once."""

    unit = StringField(_l("Counts for the unit"), [Length(max=160)])
    passed = BooleanField(_l("Passed"), default=True)
    result = StringField(_l("Result"), [Length(max=40)])
    note = TextAreaField(_l("Remark"), [Length(max=500)])

    def outcome(self) -> TrainingOutcome:
        return TrainingOutcome(self.passed.data, self.result.data, self.note.data)


class CorrectRecordForm(RecordForm):
    unit = StringField(_l("Counts for the unit"), [needed(), Length(max=160)])
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])


class CorrectEventForm(EventForm):
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])


class ReasonForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])
