"""What a training record says: its facts, the key that follows from them, what of them cannot be."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any

from app.core import clock
from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.domain.people.models import TrainingRecord
from app.domain.people.operations.dated import optional_text
from app.domain.people.rules import TrainingKind, TrainingLevel
from app.domain.people.rules.trainings import (
    online_event_key,
    training_event_key,
    why_not_hours,
    why_not_period,
)

TITLE_LENGTH = 200


@dataclass(frozen=True)
class TrainingFacts:
    """What a record says of a training. ``hours`` are of 45 minutes."""

    title: str
    level: TrainingLevel
    ended_on: date
    started_on: date | None = None
    kind: TrainingKind = TrainingKind.TRAINING
    organiser: str | None = None
    place: str | None = None
    hours: Decimal | None = None


@dataclass(frozen=True)
class TrainingOutcome:
    """What a record says of the person's part in it."""

    passed: bool = True
    result: str | None = None
    note: str | None = None


def key_of(facts: TrainingFacts) -> str:
    if facts.kind is TrainingKind.ONLINE:
        return online_event_key(facts.title, facts.ended_on)
    return training_event_key(facts.title, facts.ended_on)


def corrected_key(made: TrainingRecord, facts: TrainingFacts) -> str:
    """The key after a correction: a placement keeps its cohort's, and so does whatever is not renamed or moved."""
    same = (facts.title, facts.ended_on, facts.kind) == (made.title, made.ended_on, made.kind)
    return made.event_key if same or made.kind is TrainingKind.PLACEMENT else key_of(facts)


def facts_of(made: TrainingRecord) -> TrainingFacts:
    return TrainingFacts(**{item.name: getattr(made, item.name) for item in fields(TrainingFacts)})


def refuse_facts(facts: TrainingFacts) -> None:
    if not 2 <= len(facts.title.strip()) <= TITLE_LENGTH:
        raise InvalidInput(_("A title has 2 to 200 characters."), "bad_title", "title")
    periods = {
        "ends_before_start": (_("It cannot end before it began."), "ended_on"),
        "not_ended": (_("It is not over yet. A record is made of what has ended."), "ended_on"),
        "too_early": (_("That is too long ago. Check the year."), "started_on"),
        "too_long": (_("No training lasts over three years. Check the years."), "started_on"),
    }
    why = why_not_period(facts.started_on, facts.ended_on, today=clock.today())
    if why is not None:
        raise InvalidInput(periods[why][0], why, periods[why][1])
    hours = {
        "negative": _("Hours cannot be less than nothing."),
        "too_many": _("More than 2000 hours cannot be. Check the number."),
        "not_half": _("Give whole or half hours of 45 minutes."),
    }
    why = why_not_hours(facts.hours)
    if why is not None:
        raise InvalidInput(hours[why], why, "hours")


def write_facts(made: TrainingRecord, facts: TrainingFacts, outcome: TrainingOutcome) -> None:
    if made.kind is not TrainingKind.PLACEMENT:
        made.kind = facts.kind
    made.title = " ".join(facts.title.split())
    made.level = facts.level
    made.organiser = optional_text(facts.organiser)
    made.place = optional_text(facts.place)
    made.started_on, made.ended_on = facts.started_on, facts.ended_on
    made.hours = facts.hours
    made.passed = outcome.passed
    made.result = optional_text(outcome.result)
    made.note = optional_text(outcome.note)


def plain_facts(made: TrainingRecord) -> dict[str, Any]:
    return {
        "title": made.title,
        "level": made.level.value,
        "from": made.started_on.isoformat() if made.started_on else None,
        "until": made.ended_on.isoformat(),
        "hours": str(made.hours) if made.hours is not None else None,
        "passed": made.passed,
    }
