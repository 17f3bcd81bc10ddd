"""Forms of nominating: why and where to, a paper, a reason."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from app.blueprints.choice_fields import SelectField
from app.blueprints.people.forms import one_of
from app.blueprints.units.forms import stage_choices
from app.domain.placements.models import Cohort
from app.domain.placements.operations.nominating import Wish
from app.domain.placements.queries.seats import list_offering_schools
from app.domain.placements.rules.nominating import LONGEST_MOTIVATION
from app.domain.units.models import SchoolStage

PREFERENCES = ("first", "second", "third")
Choices = list[tuple[str, Any]]


class WishForm(FlaskForm):
    """Why and where to; the base schools are those that offer seats in the cohort."""

    motivation = TextAreaField(_l("Motivation"), [Length(max=LONGEST_MOTIVATION)])
    first = SelectField(_l("First choice"))
    second = SelectField(_l("Second choice"))
    third = SelectField(_l("Third choice"))
    stage = SelectField(_l("School stage"), coerce=one_of(SchoolStage))
    subject = StringField(_l("Subject"), [Length(max=40)])
    row_version = HiddenField()

    def offer(self, cohort: Cohort) -> WishForm:
        schools: Choices = [
            (str(school.id), school.name) for school in list_offering_schools(cohort.id)
        ]
        for name in PREFERENCES:
            self[name].choices = [("", "–"), *schools]
        self.stage.choices = [("", "–"), *stage_choices()]
        return self

    def wish(self) -> Wish:
        chosen = [self[name].data for name in PREFERENCES]
        return Wish(
            motivation=self.motivation.data or "",
            preferences=tuple(int(text) for text in chosen if text),
            stage=self.stage.data,
            subject=self.subject.data,
        )


class NominateForm(WishForm):
    release_note = StringField(_l("Consent of the school on paper"), [Length(max=200)])


class NoteForm(FlaskForm):
    note = StringField(_l("Paper of the school"), [Length(max=200)])
    row_version = HiddenField()


class ReasonForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), [Length(max=500)])
    row_version = HiddenField()
