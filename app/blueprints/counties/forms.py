"""Forms of the counting rules: the shape of what is typed; ranges are asked of the domain."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf import FlaskForm
from wtforms import DateField, DecimalField, Field, IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from app.blueprints.choice_fields import RadioField
from app.domain.statistics.policy_rules import FIELDS, PolicyName

LABELS = {
    "hours": lazy_gettext("Hours (of 45 minutes)"),
    "first_year": lazy_gettext("First year of a cycle"),
    "years": lazy_gettext("Years of a cycle"),
    "ratio": lazy_gettext("Share of schools with a counselor (%)"),
    "by": lazy_gettext("To be reached by the year"),
    "per_county": lazy_gettext("Lead teachers for each county"),
    "per_school": lazy_gettext("Counselors for each school"),
}
NAMES = {
    PolicyName.LEAD_TEACHER_MOVED: lazy_gettext("Lead teachers who moved away"),
    PolicyName.HOURS_YEAR: lazy_gettext("Hours a year"),
    PolicyName.HOURS_CYCLE: lazy_gettext("Hours in a cycle of years"),
    PolicyName.TARGET_COUNSELOR_COVERAGE: lazy_gettext("Target: schools with a counselor"),
    PolicyName.TARGET_LEAD_TEACHERS: lazy_gettext("Target: lead teachers"),
    PolicyName.TARGET_COUNSELORS: lazy_gettext("Target: counselors"),
}
CHOICES = {
    "while_posted": lazy_gettext(
        "count while posted within the county (or at the school) that nominated them"
    ),
    "always": lazy_gettext("count for the unit that nominated them, wherever they are"),
}
PERCENT = "ratio"


class PolicyForm(FlaskForm):
    """What every setting needs besides its value."""

    valid_from = DateField(lazy_gettext("Holds from"), validators=[InputRequired()])
    basis = TextAreaField(
        lazy_gettext("Basis (document, decision)"), validators=[DataRequired(), Length(max=500)]
    )

    def policy_value(self, name: PolicyName) -> dict[str, Any]:
        """The value as the domain keeps it."""
        if name is PolicyName.LEAD_TEACHER_MOVED:
            return {"counts": self["counts"].data}
        value = {field: self[field].data for field in FIELDS[name]}
        if PERCENT in value:
            value[PERCENT] = float(value[PERCENT]) / 100
        return value


def policy_form(name: PolicyName) -> PolicyForm:
    """The form of one setting with the fields its value has."""
    fields: dict[str, Field] = {}
    if name is PolicyName.LEAD_TEACHER_MOVED:
        fields["counts"] = RadioField(
            NAMES[name], choices=list(CHOICES.items()), validators=[InputRequired()]
        )
    for field, allowed in FIELDS[name].items():
        factor = 100 if field == PERCENT else 1
        kind = DecimalField if field == PERCENT else IntegerField
        limits = NumberRange(allowed.least * factor, allowed.most * factor)
        fields[field] = kind(LABELS[field], validators=[InputRequired(), limits])
    form: PolicyForm = type("ThisPolicyForm", (PolicyForm,), fields)()
    return form


def value_text(name: str, value: dict[str, Any]) -> str:
    """A value in words."""
    if name == PolicyName.LEAD_TEACHER_MOVED:
        return str(CHOICES.get(str(value.get("counts")), value.get("counts")))
    if name == PolicyName.HOURS_YEAR:
        return _("at least %(hours)s hours a year", **value)
    if name == PolicyName.HOURS_CYCLE:
        return _(
            "at least %(hours)s hours in %(years)s years, cycles begin in %(first_year)s", **value
        )
    if name == PolicyName.TARGET_COUNSELOR_COVERAGE:
        share = f"{value.get('ratio', 0):.0%}"
        return _("%(share)s of the schools by %(by)s", share=share, by=value.get("by"))
    if name == PolicyName.TARGET_LEAD_TEACHERS:
        return _("at least %(per_county)s in each county", **value)
    return _("at least %(per_school)s at each school", **value)
