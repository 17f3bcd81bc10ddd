"""Passwords: hashed with argon2id (about 50 ms, 19 MiB: OWASP's floor), and what is too weak to take.

Hashing is slow on purpose: call ``hash_password`` and ``matches`` before ``atomic()``, never inside it.
"""

from __future__ import annotations

import secrets
from functools import lru_cache
from itertools import pairwise

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.domain.accounts.identities import plain

_hasher = PasswordHasher(time_cost=3, memory_cost=19456, parallelism=1)
LONG_ENOUGH = 10
SHORTEST = 8
LONGEST = 128
_READABLE = "abcdefghjkmnpqrstuvwxyz23456789"  # no l, o, i, 0, 1: they are mistaken on paper

# What guessers try first, in China: from published lists of leaked passwords, those the length rule lets through.
_COMMON_WORDS = """
1234567890 0123456789 9876543210 0987654321 1122334455 1111111111 0000000000 8888888888 6666666666
5201314520 1314520520 1234512345 123456789a a123456789 aa123456789 abc1234567 qq123456789 wang123456 zhang123456
woaini1314 woaini520 woaini1314520 qwertyuiop 1qaz2wsx 1qaz2wsx3edc qwer1234 qwe123456 asd123456 asdfghjkl
zxcvbnm123 a1234567 a12345678 abc12345 abcd1234 abc123456 abcd123456 password1 password12 password123 passw0rd
p@ssw0rd p@ssword1 admin123 admin1234 admin12345 admin@123 admin123456 root1234 test1234 test123456 iloveyou1
qq123456 aa123456 aa12345678 q1w2e3r4 q1w2e3r4t5 1q2w3e4r 1q2w3e4r5t zaq12wsx qazwsx123 qazwsxedc 123456aa
123456abc 12345678a 123456qq 1234qwer 123qweasd 123qwe123 147258369 147258369a 31415926 3141592653 woaini123
jiaoyu123 xinli123 xinyu123 laoshi123 teacher123 teacher1 school123 yunnan123 chuxiong123 lincang123
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def hash_password(password: str) -> str:
    """The stored form of a password (argon2id, with its parameters and salt)."""
    return _hasher.hash(plain_password(password))


def matches(stored: str | None, password: str) -> bool:
    """Whether the password is the stored one. Without a stored one it costs the same time and is False."""
    known = stored is not None
    try:
        _hasher.verify(stored or _decoy(), plain_password(password))
    except (VerificationError, InvalidHashError):
        return False
    return known


def plain_password(password: str) -> str:
    """Full-width letters from a Chinese keyboard count as the plain ones; blanks stay."""
    return plain(f"|{password}|")[1:-1]


@lru_cache(maxsize=1)
def _decoy() -> str:
    return _hasher.hash(secrets.token_hex(16))


def generate_password() -> str:
    """A random password that can be read out and typed: four groups of four (79 bits)."""
    return "-".join("".join(secrets.choice(_READABLE) for _ in range(4)) for _ in range(4))


def check_password(password: str, *, username: str = "", phone: str | None = None) -> None:
    """Refuse what is too weak (InvalidInput, field ``password``): DOMAIN.md §7, "strong passwords"."""
    code = weakness(plain_password(password), username=username, phone=phone)
    if code is None:
        return
    messages = {
        "password_too_short": _(
            "The password is too short. Take at least 10 characters, or at least 8 with two of: letters, "
            "digits, other signs."
        ),
        "password_too_long": _("The password is too long. Take at most 128 characters."),
        "password_is_name": _(
            "The password contains the user name or the phone number. Choose another one."
        ),
        "password_common": _(
            "This password is one of the first that guessers try. Choose another one."
        ),
    }
    raise InvalidInput(messages[code], code, "password")


def weakness(password: str, *, username: str = "", phone: str | None = None) -> str | None:
    """Why the password is too weak, as a code, or None."""
    lowered = password.casefold()
    if len(password) > LONGEST:
        return "password_too_long"
    if len(password) < SHORTEST or (len(password) < LONG_ENOUGH and _classes(password) < 2):
        return "password_too_short"
    name = username.casefold()
    if (len(name) >= 4 and name in lowered) or lowered == name or (phone and phone in password):
        return "password_is_name"
    if lowered in _COMMON or _is_pattern(lowered):
        return "password_common"
    return None


def _classes(password: str) -> int:
    letters = any(character.isalpha() for character in password)
    digits = any(character.isdigit() for character in password)
    others = any(not character.isalnum() for character in password)
    return letters + digits + others


def _is_pattern(password: str) -> bool:
    """Hardly any different characters, or a run up or down the alphabet or the digits."""
    if len(set(password)) <= 3:
        return True
    steps = {ord(right) - ord(left) for left, right in pairwise(password)}
    return steps in ({1}, {-1})
