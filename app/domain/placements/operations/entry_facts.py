"""What an entry of the log says, and what of it is refused before it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from app.core import clock
from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.domain.people.rules.personal_text import refused, why_looks_personal
from app.domain.placements.models import LogEntry
from app.domain.placements.rules import log as rules
from app.domain.placements.rules.spans import Span
from app.domain.placements.rules.words import ActivityKind
from app.domain.placements.semester_words import personal_number, refusal, too_many_hours

LONGEST_TEXT = 8000
LONGEST_TOPIC = 200
LONGEST_REMARKS = 1000


@dataclass(frozen=True, slots=True)
class ActivityFacts:
    """A lesson observed or given, a group or case session: when, how many, about what."""

    kind: ActivityKind
    held_on: date
    count: int = 1
    topic: str = ""
    remarks: str = ""


@dataclass(frozen=True, slots=True)
class EntryFacts:
    """What an entry says. ``hours`` of 45 minutes."""

    content: str = ""
    reflection: str = ""
    hours: Decimal = Decimal(0)
    activities: Sequence[ActivityFacts] = ()

    @property
    def texts(self) -> list[str]:
        found = [self.content, self.reflection]
        for activity in self.activities:
            found += [activity.topic, activity.remarks]
        return found


def facts_of(entry: LogEntry) -> EntryFacts:
    """What the entry says now."""
    return EntryFacts(
        entry.content,
        entry.reflection,
        entry.hours,
        [
            ActivityFacts(one.kind, one.held_on, one.count, one.topic, one.remarks)
            for one in entry.activities
        ],
    )


def refuse_facts(entry: LogEntry, facts: EntryFacts, rests: Sequence[Span]) -> None:
    """Raises ``text_too_long``, ``personal_number``, what is wrong with the hours, or with an activity."""
    for field, text in (("content", facts.content), ("reflection", facts.reflection)):
        if len(text) > LONGEST_TEXT:
            raise InvalidInput(
                _("At most %(most)s characters.", most=LONGEST_TEXT), "text_too_long", field
            )
    numbers = refused(why_looks_personal(*facts.texts))
    if numbers:
        raise personal_number(numbers, "content")
    most = rules.most_hours(entry.begins_on, entry.ends_on, rests)
    why = rules.why_not_hours(facts.hours, most)
    if why == "hours_too_many":
        raise too_many_hours(most)
    if why is not None:
        raise refusal("log", why, "hours")
    _refuse_activities(entry, facts.activities, rests)


def _refuse_activities(
    entry: LogEntry, activities: Sequence[ActivityFacts], rests: Sequence[Span]
) -> None:
    if len(activities) > rules.MOST_ACTIVITIES:
        raise refusal("activity", "too_many_activities", "activities")
    for one in activities:
        why = rules.why_not_activity(
            rules.ActivityFact(one.held_on, one.count, one.topic),
            begins_on=entry.begins_on,
            ends_on=entry.ends_on,
            interruptions=rests,
            today=clock.today(),
        )
        if why is not None:
            raise refusal("activity", why, "activities")
        if len(one.topic) > LONGEST_TOPIC or len(one.remarks) > LONGEST_REMARKS:
            raise InvalidInput(
                _(
                    "A topic has at most %(topic)s characters, remarks %(remarks)s.",
                    topic=LONGEST_TOPIC,
                    remarks=LONGEST_REMARKS,
                ),
                "text_too_long",
                "activities",
            )
