"""Identity numbers (GB 11643) and phone numbers: what is wrong with one, and how it is shown.

A number is judged by length, province, date and check digit, not against today's list of counties: codes get
abolished (DOMAIN.md §6).
"""

from __future__ import annotations

import operator
import re
import unicodedata
from datetime import date

from app.domain.people.rules.enums import Sex

LENGTH = 18
OLDEST_BIRTH_YEAR = 1900
_PROVINCE_DIGITS = {
    "1": "12345",
    "2": "123",
    "3": "1234567",
    "4": "123456",
    "5": "01234",
    "6": "12345",
    "7": "1",
    "8": "123",
}
PROVINCES = frozenset(first + second for first, rest in _PROVINCE_DIGITS.items() for second in rest)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_SHAPE = re.compile(r"\d{17}[\dX]", re.ASCII)
_MOBILE = re.compile(r"1[3-9]\d{9}", re.ASCII)
_LANDLINE = re.compile(r"0\d{2,3}\d{7,8}", re.ASCII)
_MASKS = "*＊×✱●•"


def normalise_identity_number(text: str) -> str:
    """The number as it is stored and indexed: no blanks or hyphens, plain digits, a capital X."""
    if text.isascii() and text.isalnum():  # as nearly all are: rosters have twenty thousand of them
        return text.upper()
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if not c.isspace() and c not in "-'’‘`\u200b\ufeff").upper()


def why_not_identity_number(text: str, *, today: date | None = None) -> str | None:
    """Why a text is no identity number, None if it is one: ``length``, ``characters``, ``province``, ``date``,
    ``check_digit``, in this order.

    With ``today`` a birth date after it is refused too.
    """
    number = normalise_identity_number(text)
    if len(number) != LENGTH:
        return "length"
    if not _SHAPE.fullmatch(number):
        return "characters"
    if number[:2] not in PROVINCES:
        return "province"
    born = _date_in(number)
    if born is None or born.year < OLDEST_BIRTH_YEAR or (today is not None and born > today):
        return "date"
    if check_digit(number[:17]) != number[17]:
        return "check_digit"
    return None


def check_digit(first_17: str) -> str:
    """The last character that the first 17 digits ask for (GB 11643, ISO 7064 MOD 11-2)."""
    total = sum(map(operator.mul, map(int, first_17), _WEIGHTS))
    return _CHECK_DIGITS[total % 11]


def _date_in(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def birth_date_of(number: str) -> date:
    """The birth date that a valid identity number states."""
    born = _date_in(normalise_identity_number(number))
    if born is None:
        raise ValueError("not an identity number")
    return born


def sex_of(number: str) -> Sex:
    """The sex that a valid identity number states (its 17th digit: odd is male)."""
    return Sex.MALE if int(normalise_identity_number(number)[16]) % 2 else Sex.FEMALE


def mask_identity_number(number: str) -> str:
    """530998198503040070 → 530998********0070."""
    return f"{number[:6]}{'*' * max(len(number) - 10, 0)}{number[-4:]}"


def is_masked(text: str) -> bool:
    """Whether a text is an identity number of which somebody hid digits."""
    number = normalise_identity_number(text)
    return any(c in _MASKS for c in number) and any(c.isdigit() for c in number)


def visible_digits_match(masked: str, full: str) -> bool:
    """Whether a full number agrees with every visible digit of a masked one.

    With all 18 places each is compared; with another count of stars, what stands before the first and after
    the last one. A number without a visible digit proves nothing and never matches.
    """
    hidden = "".join("*" if c in _MASKS else c for c in normalise_identity_number(masked))
    number = normalise_identity_number(full)
    if not hidden.strip("*"):
        return False
    if len(hidden) == len(number):
        return all(h in ("*", n) for h, n in zip(hidden, number, strict=True))
    if "*" not in hidden:
        return False
    head, tail = hidden[: hidden.index("*")], hidden[hidden.rindex("*") + 1 :]
    fits = len(head) + len(tail) <= len(number)
    return fits and number.startswith(head) and number.endswith(tail)


def normalise_phone(text: str) -> str:
    """The number as it is stored and indexed: plain digits without blanks, hyphens or +86."""
    if len(text) == 11 and text.isascii() and text.isdecimal():
        return text
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(c for c in plain if not c.isspace() and c not in "-—–()（）'")
    for prefix in ("+86", "0086"):
        if digits.startswith(prefix):
            digits = digits[len(prefix) :]
    if len(digits) == 13 and digits.startswith("861"):
        digits = digits[2:]
    return digits


def why_not_phone(text: str) -> str | None:
    """Why a text is no phone number of China (``phone``), None if it is one: a mobile or a landline with area code."""
    number = normalise_phone(text)
    return None if _MOBILE.fullmatch(number) or _LANDLINE.fullmatch(number) else "phone"


def mask_phone(number: str) -> str:
    """13312343134 → 133****3134; a landline keeps its area code: 0878****3456."""
    hidden = max(len(number) - 4 - (4 if number.startswith("0") else 3), 0)
    return f"{number[: len(number) - 4 - hidden]}{'*' * hidden}{number[-4:]}"
