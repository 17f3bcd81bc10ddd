"""The key and certificate with which PDFs are signed: a bureau's own (PKCS#12), or one made here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

SMALLEST_RSA = 2048  # bits
LONGEST_NAME = 64  # X.520
_LIFE = timedelta(days=3653)
_DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class UnfitKey(Exception):
    """These bytes hold no key and certificate that can sign PDFs; the message says why."""


@dataclass(frozen=True, slots=True)
class PaperKey:
    """``others``: the certificates above it, which travel with each signature."""

    private: PrivateKey
    certificate: x509.Certificate
    others: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> str:
        """The certificate as it is kept and published."""
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def private_bytes(self) -> bytes:
        """The private half, bare: only to be sealed."""
        return self.private.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    @property
    def public_bytes(self) -> bytes:
        return self.certificate.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def is_valid(self, at: datetime) -> bool:
        """Whether the certificate covers a moment."""
        return self.certificate.not_valid_before_utc <= at <= self.certificate.not_valid_after_utc


_own: PaperKey | None = None


def configure(path: Path | None, password: str | None) -> None:
    """Sign with the key in this PKCS#12 file, or with one made here. Raises UnfitKey."""
    global _own
    if path is None:
        _own = None
        return
    try:
        _own = from_pkcs12(path.read_bytes(), password)
    except (OSError, UnfitKey) as error:
        raise UnfitKey(f"XINYU_PDF_CERTIFICATE cannot sign: {error}") from error


def own_key() -> PaperKey | None:
    """The key that the settings name; None where one is made here."""
    return _own


def from_pkcs12(data: bytes, password: str | None) -> PaperKey:
    """The key in a .p12 or .pfx file. Raises UnfitKey."""
    try:
        private, certificate, others = pkcs12.load_key_and_certificates(
            data, password.encode() if password else None
        )
    except ValueError as error:
        raise UnfitKey("it is no PKCS#12 file, or the password is wrong") from error
    if private is None or certificate is None:
        raise UnfitKey("it holds no private key with its certificate")
    return PaperKey(_fit(private), certificate, tuple(others))


def from_kept(private: bytes, pem: str) -> PaperKey:
    """The key from what was kept of it."""
    loaded = serialization.load_der_private_key(private, None)
    return PaperKey(_fit(loaded), x509.load_pem_x509_certificate(pem.encode()))


def make_key(name: str, now: datetime) -> PaperKey:
    """A key with a certificate that it signed itself, for ten years."""
    private = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.COMMON_NAME, name[:LONGEST_NAME]),
        ]
    )
    identifier = x509.SubjectKeyIdentifier.from_public_key(private.public_key())
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))  # clocks differ
        .not_valid_after(now + _LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_signing_only(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([_DOCUMENT_SIGNING]), critical=False)
        .add_extension(identifier, critical=False)
        .sign(private, hashes.SHA256())
    )
    return PaperKey(private, made)


def _fit(private: object) -> PrivateKey:
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return private
    if isinstance(private, rsa.RSAPrivateKey) and private.key_size >= SMALLEST_RSA:
        return private
    raise UnfitKey(f"its key must be RSA of at least {SMALLEST_RSA} bits or an elliptic curve")


def _signing_only() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
