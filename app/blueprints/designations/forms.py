"""Forms of designations: shape only."""

from __future__ import annotations

from datetime import date

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.blueprints.people.forms import needed
from app.domain.people.operations.designations import DesignationFacts
from app.domain.units.models import Unit


class DesignateForm(FlaskForm):
    unit = StringField(_l("Nominated by"), [needed(), Length(max=160)])
    valid_from = DateField(_l("From"), [needed()])
    basis = TextAreaField(_l("Document or basis"), [Length(max=500)])

    def facts(self, unit: Unit, valid_until: date | None = None) -> DesignationFacts:
        return DesignationFacts(unit, self.valid_from.data, valid_until, self.basis.data)


class CorrectForm(DesignateForm):
    valid_until = DateField(_l("Last day"), [Optional()])
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])


class EndForm(FlaskForm):
    on = DateField(_l("Last day"), [needed()])
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])


class ReasonForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])
