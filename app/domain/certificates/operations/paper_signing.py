"""Digital signatures in PDFs: by the certificate that the settings name, else by one made here; old ones stay good."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

from app.core import addresses, clock, crypto
from app.core.db import atomic
from app.core.documents.paper_keys import PaperKey, from_kept, make_key, own_key
from app.core.documents.papers import Signing, sign_paper
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor, system_actor
from app.domain.certificates.models import SigningKey
from app.domain.certificates.operations.keys import find_current_key, put_in_use
from app.domain.certificates.rules.designs import PaperFacts
from app.domain.certificates.rules.words import KeyUse

_PURPOSE = "signing_keys.paper"
_REASON = "颁发证书"  # in the paper, whatever the reader's language


def paper_key() -> PaperKey:
    """The key that signs PDFs now, its certificate kept for whoever checks them. Outside of any transaction.

    Raises ``certificate_expired`` when that of the settings is not valid now.
    """
    own = own_key()
    if own is not None and not own.is_valid(clock.now()):
        raise DomainError(
            _(
                "The certificate that signs PDFs (XINYU_PDF_CERTIFICATE) is valid from %(first)s to %(last)s, not now."
                " Put a valid one in its place, restart, and make the papers again.",
                first=_day(own.certificate.not_valid_before_utc),
                last=_day(own.certificate.not_valid_after_utc),
            ),
            "certificate_expired",
        )
    found = _found(own)
    if found is not None:
        return found
    try:
        with atomic():
            return _found(own) or _put_in_use(own, system_actor("job"))
    except DomainError as error:
        if error.code != "key_exists":
            raise
    return paper_key()  # another worker was faster


def rotate_paper_key(*, actor: Actor) -> None:
    """Sign PDFs with a new key from now on. Raises ``key_is_set`` where the settings name one, ``key_exists``."""
    if own_key() is not None:
        raise DomainError(
            _(
                "The certificate that signs PDFs is set on the server (XINYU_PDF_CERTIFICATE). Exchange it there."
            ),
            "key_is_set",
        )
    _put_in_use(None, actor)


def sign_certificate(printed: bytes, paper: PaperFacts, key: PaperKey, at: datetime) -> bytes:
    """The PDF of a certificate, signed for its issuer. Needs no database."""
    signing = Signing(paper.issuer, addresses.base_url(), _REASON, at)
    return sign_paper(printed, key, signing)


def _found(own: PaperKey | None) -> PaperKey | None:
    """The key in use, unless another one has to take its place."""
    kept = find_current_key(KeyUse.PAPER)
    if kept is None or kept.certificate is None:
        return None
    if own is not None:
        return own if own.pem == kept.certificate else None
    private = crypto.unseal_bytes(kept.private_sealed, _PURPOSE)
    if not private:  # it was one of the settings, which name none any more
        return None
    found = from_kept(private, kept.certificate)
    return found if found.is_valid(clock.now()) else None


def _put_in_use(own: PaperKey | None, actor: Actor) -> PaperKey:
    """Keep a key as the one in use: that of the settings without its private half, else a new one."""
    key = own or make_key(f"心育证书数字签名 {urlsplit(addresses.base_url()).netloc}", clock.now())
    private = b"" if own is not None else key.private_bytes
    made = SigningKey(
        use=KeyUse.PAPER,
        public_key=key.public_bytes,
        private_sealed=crypto.seal_bytes(private, _PURPOSE),
        certificate=key.pem,
    )
    put_in_use(made, actor=actor)
    return key


def _day(moment: datetime) -> str:
    return clock.local(moment).date().isoformat()
