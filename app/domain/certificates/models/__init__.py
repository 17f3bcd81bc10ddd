"""Tables of the area: credentials people bring, certificates we issue."""

from app.domain.certificates.models.credentials import (
    Credential,
    CredentialKind,
    CredentialKindRule,
)
from app.domain.certificates.models.evidence import CredentialFile, CredentialReminder
from app.domain.certificates.models.issuing import (
    BatchEntry,
    Certificate,
    CertificateBatch,
    CertificateEvent,
    CertificateImage,
    CertificateTemplate,
    NumberSeries,
    TemplateVersion,
)
from app.domain.certificates.models.keys import SigningKey
from app.domain.certificates.models.wallet import WalletShare

__all__ = [
    "BatchEntry",
    "Certificate",
    "CertificateBatch",
    "CertificateEvent",
    "CertificateImage",
    "CertificateTemplate",
    "Credential",
    "CredentialFile",
    "CredentialKind",
    "CredentialKindRule",
    "CredentialReminder",
    "NumberSeries",
    "SigningKey",
    "TemplateVersion",
    "WalletShare",
]
