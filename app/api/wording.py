"""What the schemas say of a request, in the reader's language: marshmallow itself speaks English only."""

from __future__ import annotations

import re

from flask_babel import lazy_gettext as _l

# By what marshmallow says; the places of the text are the groups of the pattern.
_SAID = {
    r"Missing data for required field\.": _l("This field is needed."),
    r"Field may not be null\.": _l("This field may not be null."),
    r"Unknown field\.": _l("This field is not known here."),
    r"Not a valid date\.": _l("Not a date: write it as 2026-09-01."),
    r"Not a valid datetime\.": _l("Not a time: write it as 2026-09-01T08:00:00+08:00."),
    r"Not a valid (?:aware|naive) datetime\.": _l(
        "The time lacks its offset: write it as 2026-09-01T08:00:00+08:00."
    ),
    r"Not a valid integer\.": _l("Not a whole number."),
    r"Not a valid number\.": _l("Not a number."),
    r"Special numeric values \(nan or infinity\) are not permitted\.": _l("Not a number."),
    r"Number too large\.": _l("The number is too large."),
    r"Not a valid string\.": _l("Not a text."),
    r"Not a valid boolean\.": _l("Neither true nor false."),
    r"Not a valid list\.": _l("Not a list."),
    r"(?:Invalid input type|Not a valid mapping type)\.": _l("Not an object."),
    r"Invalid JSON body\.": _l("The body is not JSON."),
    r"Invalid value\.": _l("This value is not taken."),
    r"Must be one of: (?P<choices>.+)\.": _l("One of: %(choices)s."),
    r"Longer than maximum length (?P<most>\d+)\.": _l("Too long: at most %(most)s."),
    r"Shorter than minimum length (?P<least>\d+)\.": _l("Too short: at least %(least)s."),
    r"Length must be between (?P<least>\d+) and (?P<most>\d+)\.": _l(
        "The length lies between %(least)s and %(most)s."
    ),
    r"Must be greater than or equal to (?P<least>\S+) and less than or equal to (?P<most>\S+)\.": _l(
        "Between %(least)s and %(most)s."
    ),
    r"Must be greater than or equal to (?P<least>\S+)\.": _l("At least %(least)s."),
    r"Must be less than or equal to (?P<most>\S+)\.": _l("At most %(most)s."),
    r"Not valid Unicode text\.": _l("Not valid Unicode text."),
    r"Text may not contain the character U\+0000\.": _l(
        "Text may not contain the character U+0000."
    ),
}
_PATTERNS = [(re.compile(pattern), text) for pattern, text in _SAID.items()]


def said(text: str) -> str:
    """A message of a schema in the reader's language; one that is not known stays as it is."""
    for pattern, words in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            return str(words) % found.groupdict() if found.groupdict() else str(words)
    return text
