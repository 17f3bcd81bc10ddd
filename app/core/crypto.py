"""Field encryption (AES-GCM, key id in front) and blind indexes (HMAC) for identity numbers and phones."""

from __future__ import annotations

import hashlib
import hmac
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class CannotDecrypt(Exception):
    """The bytes were not sealed with a key we hold, or for another purpose."""


def derive(secret: bytes, purpose: str) -> bytes:
    """A 32-byte key for one purpose, so that no key serves two."""
    return HKDF(hashes.SHA256(), 32, salt=b"xinyu", info=purpose.encode()).derive(secret)


@dataclass(frozen=True)
class Keyring:
    """Field keys by id (the current one seals), and what is derived from the secrets."""

    field_keys: dict[int, bytes]
    current_id: int
    index_hmac: HMAC
    mac_key: bytes


_keyring: Keyring | None = None
_ciphers: dict[int, AESGCM] = {}


def configure(field_secrets: list[str], mac_secret: str) -> None:
    """Load the keys: the newest field secret first, older ones kept to open what they sealed.

    The blind index uses the oldest secret so that look-ups survive a key rotation.
    """
    global _keyring
    keys = {
        len(field_secrets) - position: derive(secret.encode(), "field")
        for position, secret in enumerate(field_secrets)
    }
    _keyring = Keyring(
        field_keys=keys,
        current_id=len(field_secrets),
        index_hmac=HMAC(derive(field_secrets[-1].encode(), "blind-index"), hashes.SHA256()),
        mac_key=derive(mac_secret.encode(), "audit-mac"),
    )
    _ciphers.clear()
    _ciphers.update({key_id: AESGCM(key) for key_id, key in keys.items()})


def _require() -> Keyring:
    if _keyring is None:
        raise RuntimeError("crypto.configure() has not been called")
    return _keyring


def seal(text: str, purpose: str) -> bytes:
    """Encrypt text for one purpose (a column); the purpose must be given again to open it."""
    return seal_bytes(text.encode(), purpose)


def seal_bytes(data: bytes, purpose: str) -> bytes:
    key_id = _require().current_id
    nonce = os.urandom(NONCE_BYTES)
    return bytes([key_id]) + nonce + _ciphers[key_id].encrypt(nonce, data, purpose.encode())


def unseal(sealed: bytes, purpose: str) -> str:
    return unseal_bytes(sealed, purpose).decode()


def unseal_bytes(sealed: bytes, purpose: str) -> bytes:
    _require()
    cipher = _ciphers.get(sealed[0])
    if cipher is None:
        raise CannotDecrypt(f"no field key with id {sealed[0]}")
    nonce, body = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, body, purpose.encode())
    except InvalidTag as error:
        raise CannotDecrypt(purpose) from error


def cipher_for(purpose: str, key_id: int | None = None) -> tuple[int, AESGCM]:
    """A cipher under a key of this one purpose, of the newest secret or of the one named; and that one's id."""
    keyring = _require()
    chosen = keyring.current_id if key_id is None else key_id
    secret = keyring.field_keys.get(chosen)
    if secret is None:
        raise CannotDecrypt(f"no field key with id {chosen}")
    return chosen, AESGCM(derive(secret, purpose))


def seal_with(key: bytes, data: bytes) -> bytes:
    """Encrypt under a key of its own (a person's audit key)."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, None)


def unseal_with(key: bytes, sealed: bytes) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
    except InvalidTag as error:
        raise CannotDecrypt("own key") from error


def blind_index(text: str, purpose: str) -> str:
    """A keyed digest by which an exact value can be looked up without storing it (32 hex digits)."""
    digest = _require().index_hmac.copy()  # keyed once: a roster asks sixty thousand times
    digest.update(f"{purpose}\0{text}".encode())
    return digest.finalize().hex()[:32]


def derive_random() -> bytes:
    """A new random 32-byte key."""
    return AESGCM.generate_key(256)


def mac(message: bytes) -> str:
    """A keyed digest that only this system can compute (64 hex digits)."""
    return hmac.new(_require().mac_key, message, hashlib.sha256).hexdigest()


def token_hash(token: str) -> str:
    """How a random secret (API token, one-time code) is stored."""
    return hashlib.sha256(token.encode()).hexdigest()
