"""Lists of homeroom teachers, moral-education staff …: read, and matched to people and schools of the unit."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.core import crypto
from app.core.db import db
from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext
from app.core.spreadsheet import Column, write_table
from app.core.text import name_key, squeeze
from app.domain.accounts.rules import Actor
from app.domain.exchange.reading import Problem, Row, read_sheet, register_message
from app.domain.exchange.reading import vocabulary as words
from app.domain.exchange.reading.kinds import (
    COUNTY,
    ID_NUMBER,
    NAME,
    NOTE,
    PHONE,
    SEQUENCE,
    Field,
    Kind,
)
from app.domain.exchange.reading.values.days import parse_day
from app.domain.exchange.reading.values.finding import Cell, Parsed, Reading, text_of, wrong
from app.domain.exchange.reading.values.texts import text
from app.domain.people.operations.duties import MOST_AT_ONCE, NewDuty
from app.domain.people.queries.matching import match_person
from app.domain.people.rules import Duty
from app.domain.people.rules.facts import PersonFacts
from app.domain.units.models import Unit
from app.domain.units.queries import find_unit_by_text

DUTIES: dict[str, Duty] = {
    "班主任": Duty.HOMEROOM_TEACHER,
    "副班主任": Duty.HOMEROOM_TEACHER,
    "德育干部": Duty.MORAL_EDUCATION_OFFICER,
    "德育主任": Duty.MORAL_EDUCATION_OFFICER,
    "德育副校长": Duty.MORAL_EDUCATION_OFFICER,
    "德育处主任": Duty.MORAL_EDUCATION_OFFICER,
    "政教主任": Duty.MORAL_EDUCATION_OFFICER,
    "少先队大队辅导员": Duty.MORAL_EDUCATION_OFFICER,
    "校长": Duty.PRINCIPAL,
    "副校长": Duty.PRINCIPAL,
    "书记": Duty.PRINCIPAL,
    "骨干教师": Duty.BACKBONE_TEACHER,
    "学科教师": Duty.SUBJECT_TEACHER,
    "科任教师": Duty.SUBJECT_TEACHER,
    "任课教师": Duty.SUBJECT_TEACHER,
}
KEPT_FOR = timedelta(hours=2)
_PURPOSE = "duty_sheets.rows"
register_message("duty_unknown", lazy_gettext("“%(value)s” is no duty. Known: %(known)s."))
register_message(
    "too_many_duties", lazy_gettext("At most %(most)s people at once. Split the list.")
)


def _parse_duty(cell: Cell, _reading: Reading) -> Parsed:
    said = squeeze(text_of(cell))
    if said not in DUTIES:
        return wrong("duty_unknown", known="、".join(DUTIES))
    return Parsed(DUTIES[said])


KIND = Kind(
    "duties",
    (
        SEQUENCE,
        COUNTY,
        Field("school", words.SCHOOL, text()),
        NAME,
        ID_NUMBER,
        PHONE,
        Field("duty", ("职务", "岗位", "身份", "担任职务", "职责"), _parse_duty),
        Field("since", ("任职时间", "起始时间", "任职起始时间", "担任时间"), parse_day),
        NOTE,
    ),
    (("name",),),
)


@dataclass(frozen=True, slots=True)
class DutyRow:
    """A row of the list: who and where, or why that cannot be taken over (``refusal``)."""

    number: int
    name: str
    school: str
    duty: Duty
    is_new: bool = False
    refusal: str | None = None
    entry: NewDuty | None = None


@dataclass(frozen=True, slots=True)
class DutySheet:
    """``problems`` are faults of its form: with an error among them, or a refused row, nothing is taken over."""

    rows: Sequence[DutyRow]
    problems: Sequence[Problem]

    @property
    def is_broken(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems) or any(
            row.refusal for row in self.rows
        )


def write_template() -> bytes:
    """An empty list of duties."""
    columns = [
        Column(header, width)
        for header, width in (
            ("序号", 6), ("学校", 28), ("姓名", 12), ("身份证号", 22), ("联系电话", 15),
            ("职务", 14), ("任职时间", 14), ("备注", 20),
        )
    ]  # fmt: skip
    return write_table("班主任、德育干部等名单", columns, [], sheet_name="名单")


def read_duties(
    data: bytes, file_name: str, *, actor: Actor, duty: Duty | None, today: date
) -> DutySheet:
    """Read a list and say of each row who is meant, and who would be entered anew.

    ``duty`` holds for rows that say none. A school's own list needs no column of schools. Raises WorkbookRefused.
    """
    sheet = read_sheet(KIND, data, file_name, today=today)
    problems = [*sheet.problems, *(problem for row in sheet.rows for problem in row.problems)]
    if len(sheet.rows) > MOST_AT_ONCE:
        problems.append(
            Problem(None, "", "", "too_many_duties", {"most": str(MOST_AT_ONCE)}, "error")
        )
    if any(problem.severity == "error" for problem in problems):
        return DutySheet((), problems)
    return DutySheet(_Matching(actor, duty, today).match(sheet.rows), problems)


class _Matching:
    """Reads each school once, and remembers whom the list named already."""

    def __init__(self, actor: Actor, duty: Duty | None, today: date) -> None:
        self._actor, self._duty, self._today = actor, duty, today
        self._units: dict[str, Unit | None] = {}
        self._seen: set[tuple[int | str, int, Duty]] = set()

    def match(self, rows: Sequence[Row]) -> list[DutyRow]:
        return [self._row(row) for row in rows]

    def _row(self, row: Row) -> DutyRow:
        values = row.values
        duty = values.get("duty") or self._duty
        said = DutyRow(
            row.number, values["name"], values.get("school") or "", duty or Duty.HOMEROOM_TEACHER
        )
        if duty is None:
            return _refused(said, "no_duty")
        unit = self._unit(said.school)
        if unit is None:
            return _refused(said, "unit_unknown")
        facts = PersonFacts(said.name, values.get("id_number"), values.get("phone"))
        person_id, refusal = match_person(facts, unit, scope=self._actor.unit_path)
        if refusal is not None:
            return _refused(said, refusal)
        key = (person_id or (values.get("id_number") or name_key(said.name)), unit.id, duty)
        if key in self._seen:
            return _refused(said, "twice")
        self._seen.add(key)
        entry = NewDuty(
            unit.id,
            duty,
            values.get("since") or self._today,
            person_id,
            None if person_id else facts,
        )
        return DutyRow(
            said.number, said.name, unit.name, duty, is_new=person_id is None, entry=entry
        )

    def _unit(self, school: str) -> Unit | None:
        if school not in self._units:
            own = db.session.get(Unit, self._actor.unit_id) if self._actor.unit_id else None
            if not school:
                found = own if self._actor.unit_kind == "school" else None
            else:
                found = find_unit_by_text(school, scope=self._actor.unit_path)
            self._units[school] = found
        return self._units[school]


def _refused(row: DutyRow, why: str) -> DutyRow:
    return DutyRow(row.number, row.name, row.school, row.duty, refusal=why)


def seal_rows(rows: Sequence[DutyRow], *, account_id: int | None, now: datetime) -> str:
    """What was shown, to be sent back on confirmation: encrypted, for this account, for two hours."""
    entries = [
        {
            "unit_id": entry.unit_id,
            "duty": entry.duty.value,
            "from": entry.valid_from.isoformat(),
            "person_id": entry.person_id,
            "facts": None
            if entry.facts is None
            else [entry.facts.name, entry.facts.id_number, entry.facts.phone],
        }
        for row in rows
        if (entry := row.entry) is not None
    ]
    plain = {"account": account_id, "until": (now + KEPT_FOR).isoformat(), "entries": entries}
    sealed = crypto.seal_bytes(json.dumps(plain, ensure_ascii=False).encode(), _PURPOSE)
    return base64.urlsafe_b64encode(sealed).decode()


def open_rows(sealed: str, *, account_id: int | None, now: datetime) -> list[NewDuty]:
    """The rows that were shown. Raises InvalidInput ``preview_over`` when they are not this account's or too old."""
    over = InvalidInput(_("The preview is over. Bring the workbook again."), "preview_over")
    try:
        plain = json.loads(crypto.unseal_bytes(base64.urlsafe_b64decode(sealed), _PURPOSE))
    except (ValueError, binascii.Error, IndexError, crypto.CannotDecrypt) as error:
        raise over from error
    if plain["account"] != account_id or datetime.fromisoformat(plain["until"]) < now:
        raise over
    return [
        NewDuty(
            entry["unit_id"],
            Duty(entry["duty"]),
            date.fromisoformat(entry["from"]),
            entry["person_id"],
            None if entry["facts"] is None else PersonFacts(*entry["facts"]),
        )
        for entry in plain["entries"]
    ]
