"""Backgrounds and seals that templates use."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from app.core import files
from app.core.db import db
from app.domain.certificates.models import CertificateImage


def load_images(image_ids: Collection[int]) -> dict[int, bytes]:
    """The pictures of a design by id, removed ones too: what was published prints for ever as it was."""
    if not image_ids:
        return {}
    rows = db.session.execute(
        select(CertificateImage.id, CertificateImage.file_key).where(
            CertificateImage.id.in_(image_ids)
        )
    )
    return {row.id: files.load(row.file_key) for row in rows}
