"""What of a certificate is signed, and how it travels in a QR code: so that it can be proved without us.

The text is plain and fixed, so that any program can build it again from what the paper says. Version 1.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from dataclasses import astuple, dataclass
from datetime import date
from urllib.parse import quote

VERSION = 1
CODE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
CODE_LENGTH = 12
_FIELDS = 11
_AMBIGUOUS = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


@dataclass(frozen=True, slots=True)
class SignedFacts:
    """What is signed. ``number``: in full, with 补 of a reissue. ``kind``: its code. ``key``: name of the key."""

    number: str
    holder: str
    kind: str
    title: str
    hours: str
    started_on: str
    ended_on: str
    issued_on: str
    valid_until: str
    issuer: str
    key: str


def day(value: date | None) -> str:
    """A day as it is signed; nothing for none."""
    return "" if value is None else value.isoformat()


def signed_text(facts: SignedFacts) -> bytes:
    """The bytes under the signature: the version and the facts as a JSON list, in order, without blanks."""
    listed = [VERSION, *astuple(facts)]
    return json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode()


def pack(facts: SignedFacts, signature: bytes) -> str:
    """Facts and signature as one short text for an address: deflated, base64 without padding."""
    packed = zlib.compress(signed_text(facts), 9) + signature
    return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def unpack(text: str) -> tuple[SignedFacts, bytes] | None:
    """Facts and signature (64 bytes) from such a text; None when it is none. Says nothing of whether it is genuine."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        opened = zlib.decompressobj()
        plain = opened.decompress(raw[:-64], 4000)
        listed = json.loads(plain)
    except (ValueError, binascii.Error, zlib.error):
        return None
    if not isinstance(listed, list) or len(listed) != _FIELDS + 1 or listed[0] != VERSION:
        return None
    if not all(isinstance(one, str) for one in listed[1:]) or len(raw) <= 64:
        return None
    return SignedFacts(*listed[1:]), raw[-64:]


def tidy_code(text: str) -> str:
    """A code as it is compared: capitals, no blanks or dashes, look-alikes as what they stand for."""
    return "".join(c for c in text.upper().translate(_AMBIGUOUS) if c in CODE_ALPHABET)


def qr_address(base_url: str, number: str, code: str, packed: str) -> str:
    """The address in the QR code: the page that verifies, and after # what proves it without the network."""
    return f"{base_url}/verify/{quote(number, safe='')}?code={code}#{packed}"
