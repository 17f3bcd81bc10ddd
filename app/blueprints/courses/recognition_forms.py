"""Forms around hours learnt elsewhere: shape only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import DateField, DecimalField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.blueprints.choice_fields import SelectField
from app.blueprints.courses.words import ALL_LEVELS
from app.blueprints.people.forms import needed
from app.domain.courses.models import Recognition
from app.domain.courses.operations.claiming import Claim
from app.domain.people.rules import TrainingLevel


def plain(hours: Decimal) -> Decimal:
    """Hours without idle zeros behind the point, as a field shows them."""
    return Decimal(f"{hours.normalize():f}")


class ClaimForm(FlaskForm):
    """What was learnt where, until when, for how many hours, and what proves it."""

    row_version = HiddenField()
    course = SelectField(_l("Course of the catalogue"), validate_choice=False)
    title = StringField(_l("Name of the training"), [Optional(), Length(max=200)])
    platform = StringField(_l("Platform or organiser"), [Optional(), Length(max=120)])
    level = SelectField(
        _l("Level"),
        choices=[(level.value, text) for level, text in ALL_LEVELS.items()],
        default=TrainingLevel.NATIONAL.value,
    )
    started_on = DateField(_l("Began on"), [Optional()])
    finished_on = DateField(_l("Finished on"), [needed()])
    hours = DecimalField(_l("Credit hours"), [needed()], places=None)
    file = FileField(_l("Certificate or proof"))
    note = TextAreaField(_l("Remark"), [Optional(), Length(max=2000)], render_kw={"rows": 3})

    def claim(self) -> Claim:
        """What the form says; shape is checked already."""
        chosen = self.course.data or ""
        return Claim(
            finished_on=self.finished_on.data or date.min,
            hours=self.hours.data or Decimal(0),
            title=self.title.data or "",
            platform=self.platform.data or "",
            level=TrainingLevel(self.level.data),
            started_on=self.started_on.data,
            course_id=int(chosen) if chosen.isascii() and chosen.isdecimal() else None,
            note=self.note.data,
        )

    def show(self, made: Recognition) -> None:
        self.row_version.data = str(made.row_version)
        self.course.data = str(made.course_id or "")
        self.title.data, self.platform.data = made.title, made.platform
        self.level.data, self.note.data = made.level.value, made.note
        self.started_on.data, self.finished_on.data = made.started_on, made.finished_on
        self.hours.data = plain(made.hours_claimed)


class RecogniseForm(FlaskForm):
    row_version = HiddenField()
    hours = DecimalField(_l("Hours that count"), [needed()], places=None)
    reason = StringField(_l("Reason, if fewer"), [Optional(), Length(max=500)])


class SendBackForm(FlaskForm):
    row_version = HiddenField()
    reason = TextAreaField(
        _l("Reason for sending back"), [needed(), Length(max=500)], render_kw={"rows": 3}
    )
