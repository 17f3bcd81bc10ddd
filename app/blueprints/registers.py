"""What a register kept by hand sends: the lines somebody changed, each with the version they saw."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import abort
from werkzeug.datastructures import MultiDict

LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A line that was changed: what is wanted ("": nothing recorded), the version that was seen, the note."""

    id: int
    wanted: str
    seen: int
    note: str | None


def changed_lines(form: MultiDict[str, str]) -> Iterator[Line]:
    """The lines that somebody changed: ``seen-<id>`` says state, version and note they saw, ``state-<id>`` and
    ``note-<id>`` what they want. Lines left as they were are none of their business, whoever changes them meanwhile.
    """
    for name, text in form.items():
        key, _dash, number = name.partition("-")
        if key != "seen" or not (number.isascii() and number.isdecimal()):
            continue
        state, _dot, version = text.partition(".")
        if not (version.isascii() and version.isdecimal()) or len(version) > 9:
            abort(400)
        wanted = form.get(f"state-{number}", state)
        note = form.get(f"note-{number}")
        if wanted == state and (note is None or note.strip() == form.get(f"had-{number}", "")):
            continue
        cut = None if note is None else note[:LONGEST_NOTE].strip()
        yield Line(int(number), wanted, int(version), cut)
