"""The form in which an officer says which column of a platform's export is which: shape only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import DecimalField, HiddenField, StringField
from wtforms.validators import InputRequired, Length, Optional

from app.blueprints.choice_fields import RadioField, SelectField
from app.blueprints.imports.words import MAPPED_NAMES, VALUE_NAMES
from app.domain.exchange.models import PlatformMapping
from app.domain.exchange.operations.mappings import MappingFacts
from app.domain.exchange.reading.mapped import MAPPED_FIELDS
from app.domain.people.rules import TrainingLevel

COUNTS, WAITS = "counts", "waits"
_SEPARATORS = re.compile(r"[、,，;；/|\s]+")


class SampleForm(FlaskForm):
    file = FileField(_l("Export of the platform"), [FileRequired(_l("Choose the file."))])


class MappingForm(FlaskForm):
    """What is said of a platform's export; ``sample`` carries its first rows, sealed."""

    sample = HiddenField()
    file = FileField(_l("Another sample"))
    header_row = SelectField(_l("Row of the header"), coerce=int, validate_choice=False)
    name = StringField(
        _l("Name of the mapping"), [InputRequired(_l("This is needed.")), Length(max=80)]
    )
    platform = StringField(_l("Platform"), [InputRequired(_l("This is needed.")), Length(max=120)])
    unit = SelectField(_l("For"), validate_choice=False)
    level = SelectField(
        _l("Level of its trainings"),
        choices=[(level.value, VALUE_NAMES[level.value]) for level in TrainingLevel],
        default=TrainingLevel.NATIONAL.value,
    )
    title = StringField(_l("Name of the training for all rows"), [Optional(), Length(max=200)])
    hours = DecimalField(_l("Hours for all rows"), [Optional()], places=None)
    finished_words = StringField(_l("Words for finished"), [Optional(), Length(max=400)])
    recognised = RadioField(
        _l("What lands"),
        choices=[
            (COUNTS, _l("counts at once")),
            (WAITS, _l("waits until its hours are recognised")),
        ],
        default=COUNTS,
    )
    column_name = SelectField(MAPPED_NAMES["name"], validate_choice=False)
    column_school = SelectField(MAPPED_NAMES["school"], validate_choice=False)
    column_county = SelectField(MAPPED_NAMES["county"], validate_choice=False)
    column_id_number = SelectField(MAPPED_NAMES["id_number"], validate_choice=False)
    column_phone = SelectField(MAPPED_NAMES["phone"], validate_choice=False)
    column_title = SelectField(MAPPED_NAMES["title"], validate_choice=False)
    column_verdict = SelectField(MAPPED_NAMES["verdict"], validate_choice=False)
    column_progress = SelectField(MAPPED_NAMES["progress"], validate_choice=False)
    column_completed_at = SelectField(MAPPED_NAMES["completed_at"], validate_choice=False)
    column_hours = SelectField(MAPPED_NAMES["hours"], validate_choice=False)
    column_level = SelectField(MAPPED_NAMES["level"], validate_choice=False)
    column_score = SelectField(MAPPED_NAMES["score"], validate_choice=False)

    def column_fields(self) -> list[Any]:
        return [self[f"column_{name}"] for name in MAPPED_FIELDS]

    def offer(self, headers: Iterable[str]) -> None:
        """Let each field be one of these headers, or of those chosen already."""
        chosen = [field.data for field in self.column_fields() if field.data]
        offered = list(dict.fromkeys([*headers, *chosen]))
        for field in self.column_fields():
            field.choices = [("", _l("not in the export")), *((text, text) for text in offered)]

    def columns(self) -> dict[str, str]:
        chosen = {name: self[f"column_{name}"].data or "" for name in MAPPED_FIELDS}
        return {name: header for name, header in chosen.items() if header}

    def choose(self, columns: dict[str, str]) -> None:
        for name in MAPPED_FIELDS:
            self[f"column_{name}"].data = columns.get(name, "")

    def facts(self) -> MappingFacts:
        words = [word for word in _SEPARATORS.split(self.finished_words.data or "") if word]
        level = self.level.data
        return MappingFacts(
            name=self.name.data or "",
            platform=self.platform.data or "",
            columns=self.columns(),
            level=TrainingLevel(level) if level in set(TrainingLevel) else TrainingLevel.NATIONAL,
            finished_words=tuple(dict.fromkeys(words)),
            title=self.title.data or None,
            hours=self.hours.data,
            recognised=self.recognised.data != WAITS,
        )

    def show(self, mapping: PlatformMapping) -> None:
        """Fill the form with what a mapping says."""
        self.name.data, self.platform.data = mapping.name, mapping.platform
        self.level.data, self.title.data = mapping.level.value, mapping.title
        self.hours.data = mapping.hours
        self.finished_words.data = "、".join(mapping.finished_words)
        self.recognised.data = COUNTS if mapping.recognised else WAITS
        self.choose(dict(mapping.columns))
