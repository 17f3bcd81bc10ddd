"""What the forms of the log send: shape only."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    DateField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    IntegerField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from app.blueprints.choice_fields import SelectField
from app.blueprints.decimals import PlainDecimalField
from app.blueprints.placements.semester_page_words import ACTIVITIES
from app.domain.placements.models import LogEntry
from app.domain.placements.operations.entry_facts import (
    LONGEST_REMARKS,
    LONGEST_TEXT,
    LONGEST_TOPIC,
    ActivityFacts,
    EntryFacts,
)
from app.domain.placements.rules.log import HIGHEST_COUNT, MOST_ACTIVITIES
from app.domain.placements.rules.words import ActivityKind


class ActivityForm(Form):
    """One thing that was done; a line without a kind says nothing and is left out."""

    kind = SelectField(
        _l("Kind"),
        choices=[("", "–"), *((kind.value, label) for kind, label in ACTIVITIES.items())],
        default="",
    )
    held_on = DateField(_l("Day"), [Optional()])
    count = IntegerField(
        _l("How many"),
        [Optional(), NumberRange(1, HIGHEST_COUNT)],
        render_kw={"inputmode": "numeric"},
    )
    topic = StringField(_l("Topic"), [Length(max=LONGEST_TOPIC)])
    remarks = StringField(_l("Remarks"), [Length(max=LONGEST_REMARKS)])


class EntryForm(FlaskForm):
    """An entry of the log. Nothing is required while it is a draft."""

    row_version = HiddenField()
    content = TextAreaField(_l("What was done"), [Length(max=LONGEST_TEXT)], render_kw={"rows": 6})
    reflection = TextAreaField(_l("Reflection"), [Length(max=LONGEST_TEXT)], render_kw={"rows": 4})
    hours = PlainDecimalField(_l("Hours (of 45 minutes)"), [Optional(), NumberRange(min=0)])
    activities = FieldList(
        FormField(ActivityForm), _l("Lessons and sessions"), max_entries=MOST_ACTIVITIES
    )

    def facts(self, entry: LogEntry) -> EntryFacts:
        """What was written; an activity without a day was on the first day of the entry."""
        return EntryFacts(
            self.content.data or "",
            self.reflection.data or "",
            self.hours.data or Decimal(0),
            [
                ActivityFacts(
                    ActivityKind(line["kind"]),
                    line["held_on"] or entry.begins_on,
                    line["count"] or 1,
                    line["topic"] or "",
                    line["remarks"] or "",
                )
                for line in self.activities.data
                if line["kind"]
            ],
        )

    def validate(self, extra_validators: Any = None) -> bool:
        """Also of which kind every line is; what is wrong in a line is told as words of the whole list."""
        valid = super().validate(extra_validators)
        wrong = [
            str(messages[0]) for line in self.activities for messages in line.form.errors.values()
        ]
        for line in self.activities:
            if not line.form.kind.data and (line.form.topic.data or "").strip():
                line.form.kind.errors = [_("Say of which kind it is.")]
                wrong.append(_("Say of which kind each line is: observed, given, group or case."))
        self.activities.errors = list(dict.fromkeys(wrong))
        return valid and not wrong


def form_of(entry: LogEntry, *, blank: int) -> EntryForm:
    """The form as the entry stands, with so many lines still to fill."""
    lines: list[dict[str, Any]] = [
        {
            "kind": one.kind.value,
            "held_on": one.held_on,
            "count": one.count,
            "topic": one.topic,
            "remarks": one.remarks,
        }
        for one in entry.activities
    ]
    lines += [{} for _line in range(blank)]
    hours = f"{entry.hours.normalize():f}" if entry.hours else None
    return EntryForm(
        None,
        row_version=str(entry.row_version),
        content=entry.content,
        reflection=entry.reflection,
        hours=None if hours is None else Decimal(hours),
        activities=lines,
    )


class StartForm(FlaskForm):
    """Which day an entry is about; of a weekly log any day of the week."""

    day = DateField(_l("Day"), [InputRequired(_l("Choose a day."))])


class CommentForm(FlaskForm):
    """What a mentor says to an entry."""

    row_version = HiddenField()
    comment = TextAreaField(_l("Comment"), [Optional(), Length(max=2000)], render_kw={"rows": 3})


class LeaveForm(FlaskForm):
    """From when until when, and why."""

    begins_on = DateField(_l("First day"), [InputRequired(_l("Choose a day."))])
    ends_on = DateField(_l("Last day"), [InputRequired(_l("Choose a day."))])
    reason = TextAreaField(
        _l("Reason"),
        [InputRequired(_l("Say why you cannot come.")), Length(max=500)],
        render_kw={"rows": 3},
    )
