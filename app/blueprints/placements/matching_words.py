"""The reasons of the matching in words; the codes are the rule's (rules/matching_costs.py)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

# Said by the state of the line, not among its reasons.
SILENT = frozenset({"locked"})
PLAIN: dict[str, Any] = {
    "gap_county": _l("county without a lead teacher"),
    "not_preferred": _l("not among the wishes"),
    "stage_fit": _l("stage fits"),
    "stage_differs": _l("another stage"),
    "subject_fit": _l("subject fits"),
    "subject_differs": _l("another subject"),
    "distance_unknown": _l("distance unknown"),
    "mentor_stage_fit": _l("mentor of the same stage"),
    "mentor_stage_differs": _l("mentor of another stage"),
    "mentor_subject_fit": _l("mentor of the same subject"),
    "mentor_subject_differs": _l("mentor of another subject"),
    "no_seat": _l("no seat left"),
    "no_mentor": _l("no mentor has a free place"),
    "held_out": _l("left out by hand"),
    "seat_free": _l("a seat is free"),
}
REFUSALS: dict[str, Any] = {
    "offer_full": _l("full"),
    "mentors_full": _l("no mentor has a free place"),
    "quota_full": _l("quota used up"),
}


def reason_words(reasons: Iterable[Sequence[Any]]) -> list[str]:
    """Each reason as a short phrase, in the order of the rule."""
    return [_phrase(*reason) for reason in reasons if reason[0] not in SILENT]


def _phrase(code: str, number: int = 0) -> str:
    match code:
        case "rank":
            return str(_("rank %(number)d of its unit", number=number))
        case "preference":
            return str(_("wish %(number)d", number=number))
        case "distance_km":
            return str(_("%(number)d km away", number=number))
        case "mentor_load":
            return str(_("mentor has %(number)d in all", number=number))
        case "quota":
            return str(_("quota of %(number)d used up", number=number))
    return str(PLAIN[code])


def refusal_words(code: str) -> str:
    return str(REFUSALS.get(code, _("cannot be")))


def cost_words(cost: float) -> str:
    """A difference with its sign: +34, −5, ±0."""
    whole = round(cost)
    return "±0" if whole == 0 else f"{'+' if whole > 0 else '−'}{abs(whole)}"
