"""The six kinds of workbooks: their fields, the headers that mean them, what is required. Source: DOMAIN.md §3, §6.

What ``Row.values`` holds per field (absent without the column, None for an empty cell): texts str, days date,
``period`` Period, ``employment`` PostingRole, ``stage`` SchoolStage, ``level`` TrainingLevel, ``sex`` Sex, ``role``
StudioRole, ``lead_teacher`` bool, ``hours`` ``room_area`` ``progress`` ``score`` Decimal, ``rooms`` ``pupils`` int,
``id_number`` and ``phone`` str, or None with ``masked_id_number`` ``masked_phone`` where a platform hid digits.
Derived: ``credentials``, a tuple of BroughtCredential from the credential columns; ``passed`` (bool or None) and
``result`` (str or None) from 考核结果 and 是否合格; ``counseling_began_on`` from a number of years.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from app.domain.exchange.reading import vocabulary
from app.domain.exchange.reading.values.days import parse_any_day, parse_day, parse_period
from app.domain.exchange.reading.values.finding import Parser
from app.domain.exchange.reading.values.numbers import (
    parse_area,
    parse_hours,
    parse_percent,
    parse_pupils,
    parse_rooms,
    parse_score,
    parse_years,
)
from app.domain.exchange.reading.values.personal import parse_id_number, parse_name, parse_phone
from app.domain.exchange.reading.values.texts import keep_text, parse_code, text
from app.domain.exchange.reading.values.words import (
    parse_employment,
    parse_level,
    parse_result,
    parse_sex,
    parse_stage,
    parse_stage_hint,
    parse_studio_role,
    parse_yes_no,
)

Mask = Literal["", "id_number", "phone"]


@dataclass(frozen=True)
class Field:
    """A column. ``headers``: the usual one first. ``filled``: no row may leave it empty. ``mask``: how it is hidden."""

    name: str
    headers: tuple[str, ...]
    parse: Parser
    filled: bool = False
    mask: Mask = ""
    rarely_repeats: bool = False


@dataclass(frozen=True)
class Kind:
    """``required``: groups of fields of which the sheet must have at least one column each.

    ``exact``: headers are known as they stand alone, not by their meaning (the columns of a platform's mapping).
    """

    name: str
    fields: tuple[Field, ...]
    required: tuple[tuple[str, ...], ...]
    masked_allowed: bool = False
    repeatable: frozenset[str] = frozenset({"sequence", "note"})
    exact: bool = False

    @property
    def telling_fields(self) -> frozenset[str]:
        return frozenset(name for group in self.required for name in group)

    def field(self, name: str) -> Field:
        return next(column for column in self.fields if column.name == name)


SEQUENCE = Field("sequence", vocabulary.SEQUENCE, keep_text())
NAME = Field(
    "name",
    vocabulary.NAME,
    parse_name,
    filled=True,
    rarely_repeats=True,
)
ID_NUMBER = Field(
    "id_number",
    vocabulary.ID_NUMBER,
    parse_id_number,
    mask="id_number",
    rarely_repeats=True,
)
PHONE = Field(
    "phone",
    vocabulary.PHONE,
    parse_phone,
    mask="phone",
    rarely_repeats=True,
)
COUNTY = Field(
    "county",
    vocabulary.COUNTY,
    text(),
)
SCHOOL = Field(
    "school",
    vocabulary.SCHOOL,
    text(),
    filled=True,
)
NOTE = Field("note", vocabulary.NOTE, keep_text())
HOURS = Field("hours", vocabulary.HOURS, parse_hours)
RESULT = Field("result", vocabulary.RESULT, parse_result)
VERDICT = Field("verdict", vocabulary.VERDICT, parse_result)

SCHOOLS = Kind(
    "schools",
    (
        SEQUENCE,
        COUNTY,
        Field("name", vocabulary.SCHOOL, text(), filled=True),
        Field("code", vocabulary.CODE, parse_code),
        Field("stage", vocabulary.SCHOOL_STAGE, parse_stage, filled=True),
        Field("pupils", vocabulary.PUPILS, parse_pupils),
        Field("rooms", vocabulary.ROOMS, parse_rooms),
        Field("room_area", vocabulary.ROOM_AREA, parse_area),
        Field("opened_on", vocabulary.OPENED_ON, parse_day),
        Field("closed_on", vocabulary.CLOSED_ON, parse_any_day),
        NOTE,
    ),
    (("name",), ("stage",)),
)
COUNSELORS = Kind(
    "counselors",
    (
        SEQUENCE,
        COUNTY,
        SCHOOL,
        Field("stage", vocabulary.COUNSELOR_STAGE, parse_stage_hint),
        NAME,
        Field("sex", vocabulary.SEX, parse_sex),
        Field("ethnicity", vocabulary.ETHNICITY, text(20)),
        Field("born_on", vocabulary.BORN_ON, parse_day),
        ID_NUMBER,
        Field("work_began_on", vocabulary.WORK_BEGAN_ON, parse_day),
        Field("education", vocabulary.EDUCATION, text()),
        Field("graduated_from", vocabulary.GRADUATED_FROM, text()),
        Field("major", vocabulary.MAJOR, text()),
        Field("title", vocabulary.COUNSELOR_TITLE, text()),
        Field("employment", vocabulary.EMPLOYMENT, parse_employment, filled=True),
        Field("subject", vocabulary.SUBJECT, text()),
        Field("counseling_began_on", vocabulary.COUNSELING_BEGAN_ON, parse_day),
        Field("counseling_years", vocabulary.COUNSELING_YEARS, parse_years),
        Field("credential", vocabulary.CREDENTIAL, keep_text()),
        Field("credential_level", vocabulary.CREDENTIAL_LEVEL, keep_text()),
        Field("credential_number", vocabulary.CREDENTIAL_NUMBER, keep_text(), rarely_repeats=True),
        Field("credential_issuer", vocabulary.CREDENTIAL_ISSUER, keep_text()),
        Field("credential_issued_on", vocabulary.CREDENTIAL_ISSUED_ON, keep_text()),
        Field("recruited_on", vocabulary.RECRUITED_ON, parse_day),
        Field("lead_teacher", vocabulary.LEAD_TEACHER, parse_yes_no),
        PHONE,
        Field("email", vocabulary.EMAIL, text()),
        NOTE,
    ),
    (("name",), ("school",), ("employment",)),
    repeatable=frozenset({"sequence", "note", "stage"}),
)
PLACEMENTS = Kind(
    "placements",
    (
        SEQUENCE,
        Field("cohort", vocabulary.COHORT, text(50), filled=True),
        NAME,
        ID_NUMBER,
        PHONE,
        Field("nominating_county", vocabulary.NOMINATING_COUNTY, text()),
        Field("nominating_school", vocabulary.NOMINATING_SCHOOL, text(), filled=True),
        Field("base_school", vocabulary.BASE_SCHOOL, text(), filled=True),
        Field("period", vocabulary.PLACEMENT_PERIOD, parse_period, filled=True),
        HOURS,
        RESULT,
        VERDICT,
        NOTE,
    ),
    (("cohort",), ("name",), ("nominating_school",), ("base_school",), ("period",)),
)
TRAININGS = Kind(
    "trainings",
    (
        SEQUENCE,
        Field("title", vocabulary.TRAINING_TITLE, text(), filled=True),
        Field("level", vocabulary.TRAINING_LEVEL, parse_level, filled=True),
        Field("organiser", vocabulary.ORGANISER, text()),
        Field("place", vocabulary.PLACE, text()),
        Field("period", vocabulary.TRAINING_PERIOD, parse_period, filled=True),
        NAME,
        ID_NUMBER,
        PHONE,
        COUNTY,
        SCHOOL,
        HOURS,
        RESULT,
        VERDICT,
        NOTE,
    ),
    (("title",), ("level",), ("period",), ("name",), ("school",)),
    masked_allowed=True,
)
STUDIO = Kind(
    "studio",
    (
        SEQUENCE,
        NAME,
        ID_NUMBER,
        PHONE,
        COUNTY,
        SCHOOL,
        Field("role", vocabulary.ROLE, parse_studio_role, filled=True),
        Field("joined_on", vocabulary.JOINED_ON, parse_day),
        NOTE,
    ),
    (("name",), ("school",), ("role",)),
)
ONLINE = Kind(
    "online",
    (
        SEQUENCE,
        NAME,
        ID_NUMBER,
        PHONE,
        COUNTY,
        SCHOOL,
        Field("title", vocabulary.ONLINE_TITLE, text(), filled=True),
        Field("level", vocabulary.ONLINE_LEVEL, parse_level),
        Field("progress", vocabulary.PROGRESS, parse_percent),
        HOURS,
        Field("score", vocabulary.SCORE, parse_score),
        RESULT,
        VERDICT,
        Field("completed_at", vocabulary.COMPLETED_AT, parse_day),
        NOTE,
    ),
    (("name",), ("school",), ("title",), ("verdict", "result", "progress")),
    masked_allowed=True,
)
KINDS = {kind.name: kind for kind in (SCHOOLS, COUNSELORS, PLACEMENTS, TRAININGS, STUDIO, ONLINE)}
