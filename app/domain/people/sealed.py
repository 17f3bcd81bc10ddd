"""Identity numbers and phones as they are stored: encrypted, and found by a blind index."""

from __future__ import annotations

from typing import TypedDict

from app.core import crypto
from app.domain.people.rules.identity import (
    mask_identity_number,
    mask_phone,
    normalise_identity_number,
    normalise_phone,
)

ID_NUMBER = "people.id_number"
PHONE = "people.phone"


class IdentityColumns(TypedDict):
    id_number_sealed: bytes | None
    id_number_index: str | None


class PhoneColumns(TypedDict):
    phone_sealed: bytes | None
    phone_index: str | None


def identity_index(number: str) -> str:
    """What an identity number is looked up by."""
    return crypto.blind_index(normalise_identity_number(number), ID_NUMBER)


def phone_index(number: str) -> str:
    """What a phone number is looked up by."""
    return crypto.blind_index(normalise_phone(number), PHONE)


def identity_columns(number: str | None) -> IdentityColumns:
    """The columns that keep an identity number; both empty without one."""
    if not number:
        return {"id_number_sealed": None, "id_number_index": None}
    plain = normalise_identity_number(number)
    return {
        "id_number_sealed": crypto.seal(plain, ID_NUMBER),
        "id_number_index": identity_index(plain),
    }


def phone_columns(number: str | None) -> PhoneColumns:
    """The columns that keep a phone number; both empty without one."""
    if not number:
        return {"phone_sealed": None, "phone_index": None}
    plain = normalise_phone(number)
    return {"phone_sealed": crypto.seal(plain, PHONE), "phone_index": phone_index(plain)}


def open_identity_number(sealed: bytes | None) -> str | None:
    return crypto.unseal(sealed, ID_NUMBER) if sealed else None


def open_phone(sealed: bytes | None) -> str | None:
    return crypto.unseal(sealed, PHONE) if sealed else None


def masked_identity_number(sealed: bytes | None) -> str:
    """530998********0070, or nothing."""
    number = open_identity_number(sealed)
    return mask_identity_number(number) if number else ""


def masked_phone(sealed: bytes | None) -> str:
    """133****3134, or nothing."""
    number = open_phone(sealed)
    return mask_phone(number) if number else ""
