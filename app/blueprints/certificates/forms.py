"""Forms of batches and of what becomes of certificates: shape only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, DecimalField, HiddenField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from app.blueprints.choice_fields import SelectField
from app.blueprints.people.forms import needed
from app.domain.certificates.facts import Frozen
from app.domain.certificates.models import CertificateBatch, CertificateTemplate
from app.domain.certificates.operations.batches import LONGEST_TITLE, BatchFacts
from app.domain.certificates.rules.numbers import LONGEST_PREFIX
from app.domain.certificates.rules.words import SourceKind
from app.domain.people.rules.trainings import MOST_HOURS


def _hours() -> DecimalField:
    return DecimalField(_l("Hours"), [Optional(), NumberRange(0, MOST_HOURS)], places=1)


class BatchForm(FlaskForm):
    template = SelectField(_l("Template"), coerce=int)
    title = StringField(
        _l("Title of the training or honour"), [needed(), Length(max=LONGEST_TITLE)]
    )
    prefix = StringField(_l("Prefix of the numbers"), [needed(), Length(max=LONGEST_PREFIX)])
    issued_on = DateField(_l("Day of issue"), [needed()])
    valid_until = DateField(_l("Valid until"), [Optional()])
    issuer = StringField(_l("Issuer, as the paper names it"), [Length(max=80)])
    cohort = StringField(_l("Cohort"), [Length(max=40)])
    started_on = DateField(_l("From"), [Optional()])
    ended_on = DateField(_l("Until"), [Optional()])
    hours = _hours()
    row_version = HiddenField()

    def offer(self, templates: Iterable[CertificateTemplate]) -> None:
        """The templates to choose from."""
        self.template.choices = [
            (one.id, f"{one.title} · {one.unit.name if one.unit else _('ready-made')}")
            for one in templates
        ]

    def facts(self, source: SourceKind, source_key: str) -> BatchFacts:
        return BatchFacts(
            template_id=self.template.data,
            title=self.title.data,
            prefix=self.prefix.data,
            issued_on=self.issued_on.data,
            source=source,
            source_key=source_key,
            valid_until=self.valid_until.data,
            started_on=self.started_on.data,
            ended_on=self.ended_on.data,
            hours=self.hours.data,
            cohort=self.cohort.data or "",
            issuer=self.issuer.data or "",
        )


def known_facts(batch: CertificateBatch) -> dict[str, Any]:
    """What the form of a draft shows at first."""
    said = batch.facts
    return {
        "template": batch.version.template_id,
        "title": batch.title,
        "prefix": batch.prefix,
        "issued_on": batch.issued_on,
        "valid_until": batch.valid_until,
        "issuer": said["issuer"],
        "cohort": said["cohort"],
        "started_on": _day(said["from"]),
        "ended_on": _day(said["until"]),
        "hours": said["hours"],
        "row_version": batch.row_version,
    }


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


class EndForm(FlaskForm):
    on = DateField(_l("Day"), [needed()])
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])


class ReissueForm(EndForm):
    name = StringField(_l("Full name"), [needed(), Length(max=80)])
    unit = StringField(_l("Unit"), [Length(max=120)])
    title = StringField(
        _l("Title of the training or honour"), [needed(), Length(max=LONGEST_TITLE)]
    )
    started_on = DateField(_l("From"), [Optional()])
    ended_on = DateField(_l("Until"), [Optional()])
    hours = _hours()
    result = StringField(_l("Result"), [Length(max=40)])
    cohort = StringField(_l("Cohort"), [Length(max=40)])
    issuer = StringField(_l("Issuer, as the paper names it"), [needed(), Length(max=80)])
    valid_until = DateField(_l("Valid until"), [Optional()])
    registry_number = BooleanField(_l("Print the identity number of the registry"))

    def said(self, before: Frozen, id_number: str) -> Frozen:
        """What the new one says; level and organiser stay, the identity number unless the registry's is asked for."""
        of_registry = self.registry_number is not None and self.registry_number.data
        return Frozen(
            name=self.name.data.strip(),
            title=self.title.data.strip(),
            issuer=self.issuer.data.strip(),
            unit=(self.unit.data or "").strip(),
            id_number=id_number if of_registry else before.id_number,
            started_on=self.started_on.data,
            ended_on=self.ended_on.data,
            hours=self.hours.data,
            result=(self.result.data or "").strip(),
            cohort=(self.cohort.data or "").strip(),
            level=before.level,
            organiser=before.organiser,
        )
