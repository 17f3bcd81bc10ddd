"""What becomes of each entry of a marker: written, clashing with another's, or refused."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from app.core.i18n import gettext as _
from app.domain.workshops.models import Criterion
from app.domain.workshops.queries.gradebook import (
    EMPTY,
    Book,
    BookRow,
    Cell,
    account_names,
    own_marker,
)
from app.domain.workshops.rules import grading as rules
from app.domain.workshops.rules.words import CriterionKind


@dataclass(frozen=True, slots=True)
class Entry:
    """What somebody typed for a person and a criterion, and the mark they saw: its version (0: none), its value."""

    enrolment_id: int
    criterion_id: int
    text: str
    version: int
    seen: Decimal | None

    @property
    def key(self) -> tuple[int, int]:
        return self.enrolment_id, self.criterion_id


@dataclass(frozen=True, slots=True)
class Kept:
    """A mark as it stands after saving; ``changed`` unless it stood so before."""

    enrolment_id: int
    criterion_id: int
    value: Decimal | None
    version: int
    changed: bool


@dataclass(frozen=True, slots=True)
class Clash:
    """Somebody else was quicker: their value stands, yours is not lost. ``version`` belongs to theirs."""

    enrolment_id: int
    criterion_id: int
    yours: Decimal | None
    theirs: Decimal | None
    version: int
    by: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A cell that was not saved, by a stable code, in words."""

    enrolment_id: int
    criterion_id: int
    text: str
    code: str
    message: str


@dataclass
class Marking:
    """What came of some entries."""

    kept: list[Kept] = field(default_factory=list)
    clashes: list[Clash] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    @property
    def changed(self) -> int:
        return sum(1 for kept in self.kept if kept.changed)


def clash_words(clash: Clash) -> str:
    words: str = _(
        "%(name)s has entered %(theirs)s meanwhile; you entered %(yours)s. Nothing was overwritten.",
        name=clash.by,
        theirs=rules.plain(clash.theirs) or _("nothing"),
        yours=rules.plain(clash.yours) or _("nothing"),
    )
    return words


class Desk:
    """Sorts entries into what is written, what clashes and what is refused."""

    def __init__(self, book: Book, *, agreed: bool = False) -> None:
        self.book = book
        self.agreed = agreed
        self.marking = Marking()
        self.writes: list[tuple[Entry, int, Cell, Decimal | None]] = []
        self._rows = {row.enrolment_id: row for row in book.rows}
        self._criteria = {criterion.id: criterion for criterion in book.criteria}
        self._clashing: list[tuple[Entry, Decimal | None, Cell]] = []

    def take(self, entry: Entry) -> None:
        row, criterion = self._rows.get(entry.enrolment_id), self._criteria.get(entry.criterion_id)
        if row is None or criterion is None:
            words = _("This person or criterion is no longer in the workshop. Load the page anew.")
            return self._refuse(entry, "not_in_workshop", words)
        try:
            value = rules.read_value(entry.text, criterion.maximum)
        except rules.NotAMark as error:
            return self._refuse(entry, error.code, mark_words(error.code, entry.text, criterion))
        marker = self._marker(criterion)
        cell = row.marks.get(criterion.id, {}).get(marker, EMPTY)
        if value == cell.value:
            return self.marking.kept.append(Kept(*entry.key, value, cell.version, changed=False))
        code = self._why_not(row, criterion)
        if code is not None:
            return self._refuse(entry, code, locked_words(code))
        if (entry.version, entry.seen) != (cell.version, cell.value):
            return self._clashing.append((entry, value, cell))
        version = 0 if value is None else cell.version + 1
        self.writes.append((entry, marker, cell, value))
        self.marking.kept.append(Kept(*entry.key, value, version, changed=True))
        return None

    def _marker(self, criterion: Criterion) -> int:
        return rules.AGREED if self.agreed else own_marker(self.book.marker, criterion.kind)

    def _why_not(self, row: BookRow, criterion: Criterion) -> str | None:
        if row.published_at is not None:
            return "published"
        if self.agreed:
            markable = row.open and criterion.kind is not CriterionKind.ATTENDANCE
            return None if markable else "not_both_marked"
        if criterion.kind is CriterionKind.ATTENDANCE:
            return None if self.book.marker == rules.FIRST else "not_first_marker"
        return "both_marked" if row.open else None

    def _refuse(self, entry: Entry, code: str, message: str) -> None:
        self.marking.refused.append(Refused(*entry.key, entry.text, code, message))

    def name_others(self) -> None:
        names = account_names(cell.marked_by for _entry, _value, cell in self._clashing)
        for entry, value, cell in self._clashing:
            by = names.get(cell.marked_by or 0) or _("Somebody else")
            self.marking.clashes.append(Clash(*entry.key, value, cell.value, cell.version, by))


def mark_words(code: str, text: str, criterion: Criterion) -> str:
    maximum = rules.plain(criterion.maximum)
    shown = text.strip()[:20]
    words: dict[str, str] = {
        "not_a_number": _("“%(text)s” is no number.", text=shown),
        "too_many_decimals": _("“%(text)s” has more than two decimals.", text=shown),
        "out_of_range": _("“%(text)s” lies outside 0 to %(maximum)s.", text=shown, maximum=maximum),
    }
    return words[code]


def locked_words(code: str) -> str:
    words: dict[str, str] = {
        "published": _("Published; change it on the person's page, with a reason."),
        "both_marked": _("Both markers are done; what differs is settled by an agreed mark."),
        "not_both_marked": _("A mark can be agreed on once both markers are done."),
        "not_first_marker": _("The first marker enters this."),
    }
    return words[code]
