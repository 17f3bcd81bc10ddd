"""Photos and PDFs of credentials: checked and made anew before the transaction, kept encrypted in core.files."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound
from app.core.file_types import FileType, clean_name, detect_among
from app.core.i18n import gettext as _
from app.core.photos import is_photo, made_anew
from app.core.uploads import refuse_size
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.certificates.models import Credential, CredentialFile
from app.domain.certificates.rules.pictures import is_heic

MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
MOST_FILES = 6
TAKEN = ("jpg", "png", "pdf")


@dataclass(frozen=True, slots=True)
class CheckedPicture:
    """What somebody brings, checked and, if a photo, made anew; not stored yet."""

    name: str
    kind: FileType
    data: bytes


@dataclass(frozen=True, slots=True)
class StoredPicture:
    """A checked picture that lies in core.files under its key. ``digest`` of the bytes as they are kept."""

    name: str
    content_type: str
    size: int
    digest: str
    key: str


def check_picture(data: bytes, name: str) -> CheckedPicture:
    """What a file is by its content, whatever its name says; a photo without place, time and device.

    Raises ``empty_file``, ``file_too_large`` (above 10 MB), ``heic``, ``file_type``, ``photo_broken``,
    ``photo_too_large``. Slow: never inside a transaction.
    """
    shown = clean_name(name)
    refuse_size(data, shown, LARGEST)
    if is_heic(data):
        raise InvalidInput(
            _(
                "“%(name)s” is a HEIC photo of an iPhone, which others cannot open. In Settings, Camera, Formats"
                " choose “Most Compatible” and take it again, or bring a screenshot of it.",
                name=shown,
            ),
            "heic",
            "file",
        )
    kind = detect_among(data, TAKEN)
    if kind is None:
        raise InvalidInput(
            _(
                "“%(name)s” is neither a photo (JPG, PNG) nor a PDF. Take a photo of the certificate.",
                name=shown,
            ),
            "file_type",
            "file",
        )
    if is_photo(kind.content_type):
        data = made_anew(data, kind.content_type)
    return CheckedPicture(_named(shown, kind), kind, data)


def _named(name: str, kind: FileType) -> str:
    """The name with the suffix of what the file is."""
    known = {kind.suffix, "jpeg"} if kind.suffix == "jpg" else {kind.suffix}
    path = PurePosixPath(name)
    if path.suffix.lstrip(".").lower() in known:
        return name
    return clean_name(f"{path.stem or 'file'}.{kind.suffix}")


def digest_of(data: bytes) -> str:
    """By which the same picture is found elsewhere."""
    return hashlib.sha256(data).hexdigest()


def add_pictures(
    credential: Credential, pictures: Sequence[StoredPicture], *, actor: Actor
) -> list[CredentialFile]:
    """Put pictures to a locked credential. Raises ``too_many_files`` (at most 6)."""
    if not pictures:
        return []
    if count_pictures(credential.id) + len(pictures) > MOST_FILES:
        raise DomainError(
            _("A certificate has at most %(most)s files. Take one away first.", most=MOST_FILES),
            "too_many_files",
            "file",
        )
    files = [
        CredentialFile(
            credential_id=credential.id,
            file_key=one.key,
            file_name=one.name,
            content_type=one.content_type,
            size=one.size,
            digest=one.digest,
            uploaded_by=actor.account_id,
            uploaded_at=clock.now(),
        )
        for one in pictures
    ]
    db.session.add_all(files)
    db.session.flush()
    for file in files:
        _audit(actor, "add_file", credential, file)
    return files


def take_away(credential: Credential, file_id: int, *, actor: Actor) -> CredentialFile:
    """Take a picture away from a locked credential; its bytes are kept as evidence. NotFound without."""
    file = db.session.scalar(
        select(CredentialFile).where(
            CredentialFile.id == file_id,
            CredentialFile.credential_id == credential.id,
            CredentialFile.removed_at.is_(None),
        )
    )
    if file is None:
        raise NotFound(_("There is no such picture of this certificate."))
    file.removed_at = clock.now()
    db.session.flush()
    _audit(actor, "remove_file", credential, file)
    return file


def count_pictures(credential_id: int) -> int:
    """How many pictures a credential has."""
    return (
        db.session.scalar(
            select(func.count()).where(
                CredentialFile.credential_id == credential_id, CredentialFile.removed_at.is_(None)
            )
        )
        or 0
    )


def _audit(actor: Actor, act: str, credential: Credential, file: CredentialFile) -> None:
    record(
        actor,
        f"credentials.{act}",
        object_type="credential",
        object_id=credential.id,
        subject_id=credential.person_id,
        details={"file": file.id, "size": file.size, "type": file.content_type},
    )
