"""Forms of cohorts: shape only, the rules are in the domain."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DateField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from app.blueprints.choice_fields import RadioField
from app.blueprints.decimals import PlainDecimalField
from app.blueprints.people.forms import needed, one_of
from app.blueprints.placements.words import RHYTHMS, SEAT_POLICIES
from app.blueprints.workshops.forms import choices
from app.domain.placements.operations.planning import LONGEST_PLAN, LONGEST_TITLE, CohortFacts
from app.domain.placements.rules.words import LogRhythm, SeatPolicy

COUNT = NumberRange(0, 999)


def _count(label: Any) -> IntegerField:
    return IntegerField(label, [needed(), COUNT], default=0)


class CohortForm(FlaskForm):
    """What a cohort says; seats, quotas, criteria and files have pages of their own."""

    title = StringField(_l("Name"), [needed(), Length(max=LONGEST_TITLE)])
    starts_on = DateField(_l("First day"), [needed()])
    ends_on = DateField(_l("Last day"), [needed()])
    nominations_open_on = DateField(_l("Nominations from"), [Optional()])
    nominations_close_on = DateField(_l("Nominations until"), [Optional()])
    seat_policy = RadioField(
        _l("Who gets the seats"),
        [needed()],
        choices=choices(SEAT_POLICIES),
        coerce=one_of(SeatPolicy),
        default=SeatPolicy.GAP_FIRST.value,
    )
    required_hours = PlainDecimalField(_l("Hours required"), [Optional()], default=0)
    credit_hours = PlainDecimalField(_l("Credit hours"), [Optional()], default=0)
    required_attendance = IntegerField(
        _l("Attendance of at least"), [needed(), NumberRange(0, 100)], default=90
    )
    required_observations = _count(_l("Lessons observed"))
    required_lessons = _count(_l("Lessons given"))
    required_group_sessions = _count(_l("Group sessions"))
    required_case_sessions = _count(_l("Case sessions"))
    log_rhythm = RadioField(
        _l("Log entries"),
        [needed()],
        choices=choices(RHYTHMS),
        coerce=one_of(LogRhythm),
        default=LogRhythm.WEEK.value,
    )
    log_grace_days = IntegerField(
        _l("Days until an entry is late"), [needed(), NumberRange(0, 60)], default=3
    )
    mid_term_on = DateField(_l("Mid-term appraisal on"), [Optional()])
    plan = TextAreaField(_l("Plan"), [Length(max=LONGEST_PLAN)])
    row_version = HiddenField()

    def facts(self) -> CohortFacts:
        """The fields as the domain names them."""
        values = {name: self[name].data for name in CohortFacts.__dataclass_fields__}
        for name in ("required_hours", "credit_hours"):
            values[name] = values[name] or Decimal(0)
        return CohortFacts(**values)


class NewCohortForm(CohortForm):
    unit = StringField(_l("Prefecture"), [needed(), Length(max=160)])


class CopyForm(FlaskForm):
    title = StringField(_l("Name"), [needed(), Length(max=LONGEST_TITLE)])
    starts_on = DateField(_l("First day"), [needed()])

    def chosen(self) -> tuple[str, date]:
        """The name and the day of a form that was found filled in."""
        if self.title.data is None or self.starts_on.data is None:
            raise ValueError("the form is empty")
        return self.title.data, self.starts_on.data


class VersionForm(FlaskForm):
    """A form whose rows are written by hand in the template."""

    row_version = HiddenField()


class FileForm(FlaskForm):
    file = FileField(_l("File"), [FileRequired(_l("Choose a file."))])


class ReasonForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])
    row_version = HiddenField()
