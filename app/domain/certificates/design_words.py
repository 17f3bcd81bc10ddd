"""What keeps a design from being used, and its placeholders, in the reader's words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.domain.certificates.rules.designs import (
    LARGEST_QR,
    LARGEST_SEAL,
    LARGEST_TYPE,
    LONGEST_TEXT,
    MOST_TEXTS,
    PLACEHOLDERS,
    SMALLEST_QR,
    SMALLEST_SEAL,
    SMALLEST_TYPE,
    Fault,
    Finding,
)

MOST_TOLD = 4
PLACEHOLDER_WORDS: dict[str, Any] = {
    "name": _l("name of the holder"),
    "id_number": _l("identity number of the holder"),
    "unit": _l("unit of the holder"),
    "title": _l("training or honour"),
    "from": _l("first day"),
    "until": _l("last day"),
    "cohort": _l("cohort of the training"),
    "hours": _l("hours as a number"),
    "result": _l("result of the assessment"),
    "number": _l("number of the certificate"),
    "issued_on": _l("day of issue"),
    "issuer": _l("who issues it"),
    "kind": _l("kind of certificate"),
}


def place_of(finding: Finding) -> str:
    """Where it is: Text 2, Seal, QR code …"""
    if finding.where == "text" and finding.index is not None:
        return str(_("Text %(number)s", number=finding.index + 1))
    places = {
        "background": _("Background picture"),
        "seal": _("Official seal"),
        "qr": _("QR code"),
        "page": _("Sheet"),
    }
    return str(places[finding.where])


def words_of(finding: Finding) -> str:
    """What is wrong there and what to do."""
    if finding.fault is Fault.BAD_SIZE:
        return _size_words(finding.where)
    return str(_WORDS[finding.fault]) % {"what": finding.what, **_BOUNDS}


_BOUNDS = {
    "known": " ".join(f"{{{one}}}" for one in PLACEHOLDERS),
    "most_texts": MOST_TEXTS,
    "longest": LONGEST_TEXT,
}
_WORDS: dict[Fault, Any] = {
    Fault.NO_TEXT: _l("The sheet says nothing yet. Add a text."),
    Fault.TOO_MANY_TEXTS: _l("More than %(most_texts)s texts. Put some of them together."),
    Fault.EMPTY_TEXT: _l("The text is empty. Write something or remove it."),
    Fault.LONG_TEXT: _l("The text is longer than %(longest)s characters. Divide it."),
    Fault.UNKNOWN_PLACEHOLDER: _l("There is no placeholder {%(what)s}. There are: %(known)s"),
    Fault.OPEN_BRACE: _l("A brace { or } has no partner. Placeholders are written {name}."),
    Fault.OUT_OF_PAGE: _l("It reaches beyond the sheet. Move it or make it smaller."),
    Fault.BAD_COLOUR: _l("“%(what)s” is no colour. Write it as #1a2b3c."),
    Fault.NO_NUMBER: _l("No text holds {number}: without its number nobody can verify it."),
    Fault.NO_NAME: _l("No text holds {name}: it would be nobody’s certificate."),
    Fault.NO_QR: _l("There is no QR code, so nobody can verify it by phone."),
    Fault.QR_COVERED: _l("The seal covers the QR code, which then cannot be read."),
    Fault.NO_IMAGE: _l("This picture is not there any more, or not of your unit. Choose another."),
    Fault.UNPRINTABLE: _l("The font lacks these characters: %(what)s. Write it otherwise."),
}


def _size_words(where: str) -> str:
    if where == "qr":
        bounds = {"least": int(SMALLEST_QR), "most": int(LARGEST_QR)}
        return str(_("The size is %(least)s to %(most)s mm.", **bounds))
    if where == "seal":
        bounds = {"least": int(SMALLEST_SEAL), "most": int(LARGEST_SEAL)}
        return str(_("The size is %(least)s to %(most)s mm.", **bounds))
    return str(
        _(
            "Type is %(least)s to %(most)s pt, line spacing 1 to 4, letter spacing 0 to 5.",
            least=int(SMALLEST_TYPE),
            most=int(LARGEST_TYPE),
        )
    )


def cannot_publish(findings: Sequence[Finding]) -> DomainError:
    """The refusal of a design with faults: which, and where."""
    told = [f"{place_of(one)}：{words_of(one)}" for one in findings[:MOST_TOLD]]
    if len(findings) > MOST_TOLD:
        told.append(str(_("and %(count)s more", count=len(findings) - MOST_TOLD)))
    return DomainError(
        _("Not published. Mend this first: %(what)s", what="；".join(told)), "bad_design"
    )
