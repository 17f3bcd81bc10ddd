"""What can be wrong between the cells of a row, and between the rows of a sheet."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from typing import Any

from app.core.text import name_key
from app.domain.exchange.reading.sheet import BroughtCredential, Period, Row
from app.domain.exchange.reading.values.finding import Finding, Reading
from app.domain.people.rules.identity import birth_date_of, sex_of

Report = Callable[[str, Finding], None]
DAYS_A_YEAR = 365.25


def check_row(row: Row, reading: Reading, spoken_of: date, report: Report) -> None:
    """Plausibility within one row; derives the start of counseling from a number of years."""
    values = row.values
    if values.get("id_number"):
        _check_against_id_number(values, report)
    if values.get("counseling_years") is not None and not values.get("counseling_began_on"):
        _derive_start(values, spoken_of, report)
    work, counseling = values.get("work_began_on"), values.get("counseling_began_on")
    if work and counseling and counseling < work:
        report("counseling_began_on", _warning("counseling_before_work"))
    opened, closed = values.get("opened_on"), values.get("closed_on")
    if opened and closed and closed < opened:
        report("closed_on", Finding("closed_before_opened", {}, "error"))
    _check_issue_dates(values, report)
    period: Period | None = values.get("period")
    if period is not None and values.get("passed") and period.ends_on > reading.today:
        report("period", Finding("result_before_end", {}, "error"))


def _warning(code: str, **params: str) -> Finding:
    return Finding(code, params, "warning")


def _check_against_id_number(values: dict[str, Any], report: Report) -> None:
    number = values["id_number"]
    sex, born = values.get("sex"), values.get("born_on")
    if sex is not None and sex != sex_of(number):
        report("sex", _warning("sex_differs"))
    if born is None:
        return
    stated = birth_date_of(number)
    if (born.year, born.month) != (stated.year, stated.month) or born.day not in (1, stated.day):
        report("born_on", _warning("birth_differs"))


def _derive_start(values: dict[str, Any], spoken_of: date, report: Report) -> None:
    days = round(float(values["counseling_years"]) * DAYS_A_YEAR)
    begun = date.fromordinal(spoken_of.toordinal() - days).replace(day=1)
    values["counseling_began_on"] = begun
    report("counseling_years", _warning("began_from_years", day=begun.isoformat()))


def _check_issue_dates(values: dict[str, Any], report: Report) -> None:
    credentials: tuple[BroughtCredential, ...] = values.get("credentials", ())
    if not credentials:
        return
    number = values.get("id_number")
    born = birth_date_of(number) if number else values.get("born_on")
    if born is None:
        return
    for credential in credentials:
        issued = credential.issued_on
        if issued and (issued.year - born.year, issued.month) < (18, born.month):
            report("credential_issued_on", _warning("issued_before_18"))
            return


class SeenBefore:
    """Finds rows that say the same thing twice. Source of the keys: DOMAIN.md §3, last paragraph."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._keys: dict[Hashable, tuple[int, dict[str, str]]] = {}

    def check(self, row: Row) -> tuple[str, Finding] | None:
        """The field and finding if an earlier row has the key of this one."""
        for field, key in _keys(self._kind, row.values):
            earlier = self._keys.setdefault(key, (row.number, row.cells))
            if earlier[0] != row.number:
                return field, self._finding(row, *earlier)
        return None

    def _finding(self, row: Row, number: int, cells: dict[str, str]) -> Finding:
        params = {"first_row": str(number)}
        same = all(
            text == cells.get(name)
            for name, text in row.cells.items()
            if name not in ("sequence", "note")
        )
        if same:
            return Finding("duplicate_row", params, "error")
        if self._kind == "online" and not row.values.get("id_number"):
            masked = row.values.get("masked_id_number", "")
            if not any(c.isdigit() for c in masked):
                return Finding("perhaps_same_person", params, "warning")
        return Finding(_DUPLICATES.get(self._kind, "duplicate_person"), params, "error")


_DUPLICATES = {
    "schools": "duplicate_school",
    "counselors": "duplicate_person",
    "studio": "duplicate_person",
    "placements": "duplicate_placement",
    "trainings": "duplicate_training",
    "online": "duplicate_training",
}


def _keys(kind: str, values: dict[str, Any]) -> list[tuple[str, Hashable]]:
    """The keys of a row with the field where a repetition is shown; none when the row lacks what makes it one."""
    name = values.get("name")
    if not name:
        return []
    if kind == "schools":
        keys: list[tuple[str, Hashable]] = [
            ("name", ("name", _text(values.get("county")), name_key(name)))
        ]
        return [("code", ("code", values["code"])), *keys] if values.get("code") else keys
    subject = _subject(kind, values)
    number = values.get("id_number")
    if number:
        return [("id_number", (number, subject))]
    person = (
        name_key(name),
        _text(values.get("school") or values.get("nominating_school")),
        values.get("phone") or values.get("masked_phone"),
        values.get("masked_id_number"),
    )
    return [("name", (person, subject))]


def _subject(kind: str, values: dict[str, Any]) -> Hashable:
    """What a person may stand in the list for once each; None where once is all."""
    if kind in ("trainings", "online"):
        return (_text(values.get("title")), values.get("period"))
    if kind == "placements":
        return _text(values.get("cohort"))
    return _text(values.get("number")) if kind == "checked_credentials" else None


def _text(value: str | None) -> str:
    return name_key(value) if value else ""
