"""How an account is called: user names, phones and mail addresses as keys. Pure: no database, no request."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container

USERNAME_LENGTH = (2, 40)
_USERNAME = re.compile(r"[^\W_](?:[\w.-]*[^\W_])?", re.UNICODE)
_PHONE = re.compile(r"1[3-9]\d{9}")
_MAIL = re.compile(r"[^@\s,;:<>()\"']+@[^@\s,;:<>()\"']+\.[^@\s.,;:<>()\"']{2,}")
_NOT_PLAIN = re.compile(r"[^a-z0-9]")


def plain(text: str) -> str:
    """Full-width letters and digits made plain, no blanks around."""
    return unicodedata.normalize("NFKC", text).strip()


def username_key(text: str) -> str:
    """The key under which a user name is looked up."""
    return plain(text).casefold()


def is_username(text: str) -> bool:
    """Letters of any script, digits, and ``.`` ``-`` ``_`` inside; never what looks like a phone or a mail address."""
    shortest, longest = USERNAME_LENGTH
    return (
        shortest <= len(text) <= longest
        and _USERNAME.fullmatch(text) is not None
        and phone_of(text) is None
    )


def phone_of(text: str) -> str | None:
    """A mainland mobile number as 11 digits, however it is written; None when it is none."""
    digits = re.sub(r"[\s-]", "", plain(text))
    if digits.startswith("+86"):
        digits = digits[3:]
    return digits if _PHONE.fullmatch(digits) else None


def email_of(text: str) -> str | None:
    """The address as written, without blanks; None when it is none."""
    address = plain(text)
    return address if len(address) <= 200 and _MAIL.fullmatch(address) else None


def email_key(address: str) -> str:
    return plain(address).casefold()


def mask_phone(phone: str) -> str:
    return f"{phone[:3]}****{phone[-4:]}"


def mask_email(address: str) -> str:
    """First letter and domain: enough to recognise one's own."""
    name, _, domain = address.partition("@")
    return f"{name[:1]}***@{domain}"


def suggest_username(name: str, taken: Container[str]) -> str:
    """A readable name nobody has: the pinyin of the person's name, then with 2, 3 … behind it."""
    from pypinyin import lazy_pinyin  # its dictionaries take 0.2 s and 55 MB

    base = _NOT_PLAIN.sub("", "".join(lazy_pinyin(name)).casefold())[:32]
    if len(base) < USERNAME_LENGTH[0]:
        base = f"user{base}"
    candidate, number = base, 2
    while candidate in taken:
        candidate, number = f"{base}{number}", number + 1
    return candidate
