"""Plain values of credentials: what a kind counts as, how numbers look, what may be done to one and when.

Source: DOMAIN.md §4.
"""

from __future__ import annotations

import enum
import re
import unicodedata
from datetime import date, timedelta

ADULT_YEARS = 18
EXPIRES_SOON_DAYS = 90
REMINDER_DAYS = (90, 30, 7)  # before the last day with it
OLDEST_ISSUE = date(1950, 1, 1)


class CountsAs(enum.StrEnum):
    """The column of the ledger a kind belongs to; psych_2 ranks above psych_3 above other."""

    PSYCH_2 = "psych_2"
    PSYCH_3 = "psych_3"
    OTHER = "other"


class CredentialState(enum.StrEnum):
    """``sent_back``: to be mended and brought again; ``rejected``: it is not what it claims to be."""

    CLAIMED = "claimed"
    VERIFIED = "verified"
    SENT_BACK = "sent_back"
    REJECTED = "rejected"


# What counts for nothing: nobody holds it.
DROPPED = frozenset({CredentialState.SENT_BACK, CredentialState.REJECTED})


class Doubt(enum.StrEnum):
    """What looks wrong with a credential and blocks nothing."""

    NUMBER_MISSING = "number_missing"
    NUMBER_MISFIT = "number_misfit"
    RENEWAL_OVERDUE = "renewal_overdue"
    ISSUED_TOO_YOUNG = "issued_too_young"
    EXPIRED = "expired"


def normalise_number(text: str | None) -> str | None:
    """A certificate number as it is compared: plain characters, capitals, no blanks; None for an empty one."""
    if not text:
        return None
    if text.isascii() and text.isalnum():  # as nearly all are
        return text.upper()
    plain = unicodedata.normalize("NFKC", text)
    kept = "".join(c for c in plain if not c.isspace() and unicodedata.category(c) != "Cf")
    for dash in "‐‑‒–—―－":
        kept = kept.replace(dash, "-")
    return kept.upper() or None


def number_fits(number: str | None, pattern: str | None) -> bool:
    """Whether a number looks like its kind's; a kind without a pattern takes any. A misfit warns, never blocks."""
    if not pattern or not number:
        return True
    return re.fullmatch(pattern, number, re.ASCII) is not None


def is_pattern(text: str) -> bool:
    """Whether a text can serve as the pattern of a kind's numbers."""
    try:
        re.compile(text, re.ASCII)
    except re.error:
        return False
    return True


def is_quick(pattern: str) -> bool:
    r"""Whether a pattern ends soon on any number: what is repeated as a group repeats nothing and chooses nothing.

    (\d+)+ and (a|aa)* try every way to cut a number that misfits, which takes for ever.
    """
    plain = re.sub(r"\\.", "x", pattern)
    plain = re.sub(r"\[\^?\]?[^\]]*\]", "x", plain)
    plain = re.sub(r"\{\d+\}", "", plain)  # so many, and no choice about it
    open_groups: list[
        bool
    ] = []  # of each group that is open: whether something in it repeats or chooses
    for place, sign in enumerate(plain):
        if sign == "(":
            open_groups.append(False)
        elif sign == ")" and open_groups:
            wild = open_groups.pop()
            repeated = plain[place + 1 : place + 2] in set("*+{")
            if wild and repeated:
                return False
            if open_groups:
                open_groups[-1] |= wild or repeated
        elif sign in "*+{|" and open_groups:
            open_groups[-1] = True
    return True


def is_address(text: str) -> bool:
    """Whether a text is the address of a website."""
    return re.fullmatch(r"https?://[^\s/?#@\\]+\.[^\s/?#@\\]+([/?#]\S*)?", text) is not None


def years_after(day: date, years: int) -> date:
    """The same day some years later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def expiry_of(issued_on: date | None, life_years: int | None) -> date | None:
    """The last day of a credential whose kind lives so many years; None for ever, or without a date of issue."""
    if issued_on is None or life_years is None:
        return None
    return years_after(issued_on, life_years) - timedelta(days=1)


def reminder_due(expires_on: date, today: date) -> int | None:
    """Which reminder is due: 90, 30 or 7 days before the last day. Who is late gets only the nearest one."""
    left = (expires_on - today).days
    if left < 0:
        return None
    return min((days for days in REMINDER_DAYS if left <= days), default=None)


def why_not_renewal(
    state: CredentialState, old_issued_on: date | None, issued_on: date | None
) -> str | None:
    """Why a credential cannot be renewed by a new one: ``not_held`` (it counts for nothing), ``not_later``."""
    if state in DROPPED:
        return "not_held"
    if old_issued_on is not None and issued_on is not None and issued_on < old_issued_on:
        return "not_later"
    return None


def renewal_due_on(
    renewal_years: int | None, issued_on: date | None, renewed_on: date | None
) -> date | None:
    """The day from which a new registration is overdue; None for a kind that needs none, or without a date.

    Overdue warns and does not end validity.
    """
    last = renewed_on or issued_on
    if renewal_years is None or last is None:
        return None
    return years_after(last, renewal_years) + timedelta(days=1)


def doubts(
    *,
    number_key: str | None,
    pattern: str | None,
    renewal_years: int | None,
    issued_on: date | None,
    renewed_on: date | None,
    expires_on: date | None,
    born_on: date | None,
    today: date,
) -> list[Doubt]:
    """What whoever verifies should look at twice; none of it blocks."""
    found = []
    if pattern and not number_key:
        found.append(Doubt.NUMBER_MISSING)
    if not number_fits(number_key, pattern):
        found.append(Doubt.NUMBER_MISFIT)
    if born_on and issued_on and issued_on < years_after(born_on, ADULT_YEARS):
        found.append(Doubt.ISSUED_TOO_YOUNG)
    if expires_on and expires_on < today:
        found.append(Doubt.EXPIRED)
    due = renewal_due_on(renewal_years, issued_on, renewed_on)
    if due is not None and due <= today:
        found.append(Doubt.RENEWAL_OVERDUE)
    return found


def why_not_dates(
    issued_on: date | None, renewed_on: date | None, expires_on: date | None, *, today: date
) -> tuple[str, str] | None:
    """Why a credential's dates cannot be, and the field: ``future``, ``too_early``, ``before_issue``."""
    for field, day in (("issued_on", issued_on), ("renewed_on", renewed_on)):
        if day is not None and day > today:
            return "future", field
        if day is not None and day < OLDEST_ISSUE:
            return "too_early", field
    for field, day in (("renewed_on", renewed_on), ("expires_on", expires_on)):
        if day is not None and issued_on is not None and day < issued_on:
            return "before_issue", field
    return None


def why_not_revoked(issued_on: date | None, revoked_on: date, *, today: date) -> str | None:
    """Why a credential cannot have been revoked on a day: ``future``, ``before_issue``."""
    if revoked_on > today:
        return "future"
    if issued_on is not None and revoked_on < issued_on:
        return "before_issue"
    return None


def may_change(state: CredentialState, *, verifier: bool) -> bool:
    """Whether its facts may be corrected: by who verifies always, by others only before it is verified."""
    return verifier or state is not CredentialState.VERIFIED


def may_mend(state: CredentialState) -> bool:
    """Whether its holder may still mend it: while nobody has decided on it, or it was sent back for that."""
    return state in (CredentialState.CLAIMED, CredentialState.SENT_BACK)
