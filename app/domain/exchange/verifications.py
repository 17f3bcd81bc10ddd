"""Lists of certificates that an office has checked: read, and matched to what waits for verification."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from app.core.db import db
from app.core.i18n import lazy_gettext
from app.core.spreadsheet import Column, write_table
from app.core.text import name_key
from app.domain.certificates.models import Credential
from app.domain.certificates.operations.verification import seen_at
from app.domain.certificates.queries.kinds import list_kinds
from app.domain.certificates.rules import DROPPED, CredentialState, normalise_number
from app.domain.exchange.reading import Problem, Row, Sheet, read_sheet, register_message
from app.domain.exchange.reading import vocabulary as words
from app.domain.exchange.reading.kinds import ID_NUMBER, NAME, NOTE, SEQUENCE, Field, Kind
from app.domain.exchange.reading.values.texts import keep_text, text
from app.domain.people.models import Person
from app.domain.people.queries.visibility import is_visible
from app.domain.people.sealed import identity_index

MOST_ROWS = 500
BATCH = 400
register_message(
    "too_many_checked", lazy_gettext("At most %(most)s certificates at once. Split the list.")
)
HEADERS = (
    ("序号", 6),
    ("姓名", 12),
    ("身份证号", 22),
    ("资格证书名称", 28),
    ("证书编号", 26),
    ("备注", 20),
)
CHECKED = Kind(
    "checked_credentials",
    (
        SEQUENCE,
        NAME,
        ID_NUMBER,
        Field("school", words.SCHOOL, keep_text()),
        Field("kind", words.CREDENTIAL, text()),
        Field("number", words.CREDENTIAL_NUMBER, text(), filled=True, rarely_repeats=True),
        NOTE,
    ),
    (("name",), ("number",)),
    masked_allowed=True,
    repeatable=frozenset({"sequence", "note"}),
)


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row of the list: which credential is meant, or why none can be verified by it.

    ``refusal``: ``unknown`` (no such number), ``other_name``, ``other_identity``, ``other_kind``, ``ambiguous``,
    ``twice``, ``verified``, ``dropped``. ``seen``: when it was last submitted, as ``verify_credentials`` asks for it.
    """

    number: int
    name: str
    certificate: str
    kind: str
    credential_id: int | None
    refusal: str | None
    seen: str = ""


@dataclass(frozen=True, slots=True)
class CheckedSheet:
    """What the list says. ``problems`` are faults of its form: with an error among them nothing is taken."""

    rows: Sequence[CheckedRow]
    problems: Sequence[Problem]

    @property
    def is_broken(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


def write_checked_template(title: str) -> bytes:
    """An empty list."""
    columns = [Column(header, width) for header, width in HEADERS]
    return write_table(title, columns, [], sheet_name="核验名单")


def read_checked(data: bytes, file_name: str, *, scope: str, today: date) -> CheckedSheet:
    """Read a list of checked certificates and say of each row which credential of the scope it speaks of.

    Raises WorkbookRefused when it cannot be read at all.
    """
    sheet = read_sheet(CHECKED, data, file_name, today=today)
    problems = [*sheet.problems, *(problem for row in sheet.rows for problem in row.problems)]
    if len(sheet.rows) > MOST_ROWS:
        problems.append(
            Problem(None, "", "", "too_many_checked", {"most": str(MOST_ROWS)}, "error")
        )
    if any(problem.severity == "error" for problem in problems):
        return CheckedSheet((), problems)
    return CheckedSheet(_match(sheet, scope, today), problems)


def _match(sheet: Sheet, scope: str, today: date) -> list[CheckedRow]:
    known = _read_known((row.values["number"] for row in sheet.rows), scope, today)
    kinds = {
        name_key(alias): kind.id
        for kind in list_kinds()
        for alias in [kind.name, *kind.aliases.splitlines()]
    }
    taken: set[int] = set()
    found = []
    for row in sheet.rows:
        candidates = known.get(normalise_number(row.values["number"]) or "", [])
        credential_id, refusal = _find(row, candidates, kinds)
        if credential_id is not None and credential_id in taken:
            credential_id, refusal = None, "twice"
        if credential_id is not None:
            taken.add(credential_id)
        found.append(
            CheckedRow(
                number=row.number,
                name=row.values["name"],
                certificate=row.values["number"],
                kind=row.values.get("kind") or "",
                credential_id=credential_id,
                refusal=refusal,
                seen=next(
                    (seen_at(one.submitted_at) for one in candidates if one.id == credential_id), ""
                ),
            )
        )
    return found


def _find(row: Row, candidates: list[Any], kinds: dict[str, int]) -> tuple[int | None, str | None]:
    """The one that waits, or why there is none: narrowed by name, identity number and kind, in this order."""
    if not candidates:
        return None, "unknown"
    for refusal, left in _narrowed(row, candidates, kinds):
        if not left:
            return None, refusal
        candidates = left
    waiting = [one for one in candidates if one.state is CredentialState.CLAIMED]
    if len(waiting) == 1:
        return waiting[0].id, None
    if waiting:
        return None, "ambiguous"
    is_verified = any(one.state is CredentialState.VERIFIED for one in candidates)
    return None, "verified" if is_verified else "dropped"


def _narrowed(
    row: Row, candidates: list[Any], kinds: dict[str, int]
) -> Iterator[tuple[str, list[Any]]]:
    key, identity = name_key(row.values["name"]), row.values.get("id_number")
    kind = row.values.get("kind")
    candidates = [one for one in candidates if one.name_key == key]
    yield "other_name", candidates
    if identity and "*" not in identity:
        index = identity_index(identity)
        candidates = [one for one in candidates if one.id_number_index in (None, index)]
        yield "other_identity", candidates
    if kind:
        wanted = kinds.get(name_key(kind))
        yield "other_kind", [one for one in candidates if one.kind_id == wanted]


def _read_known(numbers: Iterable[str], scope: str, today: date) -> dict[str, list[Any]]:
    """The credentials of these numbers that people of the scope brought; a dropped one only without another."""
    keys = sorted({normalise_number(number) or "" for number in numbers})
    found: dict[str, list[Any]] = defaultdict(list)
    for start in range(0, len(keys), BATCH):
        rows = db.session.execute(
            select(
                Credential.id,
                Credential.kind_id,
                Credential.number_key,
                Credential.state,
                Credential.submitted_at,
                Person.name_key,
                Person.id_number_index,
            )
            .join(Person, Person.id == Credential.person_id)
            .where(
                Credential.number_key.in_(keys[start : start + BATCH]),
                is_visible(scope, today=today),
            )
            .order_by(Credential.state.in_(DROPPED), Credential.id)
        )
        for row in rows:
            found[row.number_key or ""].append(row)
    return found
