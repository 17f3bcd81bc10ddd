"""Keys that sign what certificates say: made on first use, rotated; old ones stay, for what they signed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select

from app.core import clock, crypto
from app.core.db import db
from app.core.errors import DomainError, explain_constraint
from app.core.holding import hold_name
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor, system_actor
from app.domain.audit.operations import record
from app.domain.certificates.models import SigningKey
from app.domain.certificates.rules.words import KeyUse

_PURPOSE = "signing_keys.private"

explain_constraint(
    "uq_signing_keys_current",
    lambda: DomainError(_("Somebody has just made a new key. Look again."), "key_exists"),
)


def find_current_key(use: KeyUse) -> SigningKey | None:
    """The key that signs now; None before the first one was made."""
    return db.session.scalar(
        select(SigningKey).where(SigningKey.use == use, SigningKey.retired_at.is_(None))
    )


def list_keys(use: KeyUse) -> Sequence[SigningKey]:
    """Every key of a use, the newest first: retired ones still prove what they signed."""
    return db.session.scalars(
        select(SigningKey).where(SigningKey.use == use).order_by(SigningKey.id.desc())
    ).all()


def facts_key() -> SigningKey:
    """The key that signs the facts of certificates, made now if there is none. Inside the transaction of an act."""
    found = find_current_key(KeyUse.FACTS)
    if found is None:  # two offices may issue their first certificates in one moment
        hold_name("signing_keys.facts")
        found = find_current_key(KeyUse.FACTS)
    return found if found is not None else put_in_use(_facts_key(), actor=system_actor("job"))


def rotate_facts_key(*, actor: Actor) -> SigningKey:
    """Sign with a new key from now on. Raises ``key_exists`` when somebody else does the same in this moment."""
    return put_in_use(_facts_key(), actor=actor)


def put_in_use(made: SigningKey, *, actor: Actor) -> SigningKey:
    """Sign with this key from now on; the present one of its use retires. Raises ``key_exists``."""
    current = db.session.scalar(
        select(SigningKey)
        .where(SigningKey.use == made.use, SigningKey.retired_at.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    now = clock.now()
    if current is not None:
        current.retired_at = now
        db.session.flush()
    made.name, made.created_at = f"{now.year}-{secrets.token_hex(4)}", now
    db.session.add(made)
    db.session.flush()
    record(
        actor,
        "keys.make",
        object_type="signing_key",
        object_id=made.id,
        details={"name": made.name, "use": made.use.value},
        unit_path="/",
    )
    return made


def sign(key: SigningKey, text: bytes) -> bytes:
    """64 bytes: the Ed25519 signature of a text."""
    return private_half(key).sign(text)


def private_half(key: SigningKey) -> Ed25519PrivateKey:
    """The private key, to sign many: opening it costs more than signing."""
    return Ed25519PrivateKey.from_private_bytes(crypto.unseal_bytes(key.private_sealed, _PURPOSE))


def is_signed_by(public_key: bytes, text: bytes, signature: bytes) -> bool:
    """Whether a signature of a text was made by the private half of a public key (32 bytes)."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True


def _facts_key() -> SigningKey:
    private = Ed25519PrivateKey.generate()
    return SigningKey(
        use=KeyUse.FACTS,
        public_key=private.public_key().public_bytes_raw(),
        private_sealed=crypto.seal_bytes(private.private_bytes_raw(), _PURPOSE),
    )
