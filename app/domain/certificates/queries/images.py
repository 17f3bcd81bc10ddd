"""Reads of the pictures that templates use: which ones a unit may use, and where one is used."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select

from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.certificates.models import CertificateImage, CertificateTemplate, TemplateVersion
from app.domain.certificates.queries.templates import is_above
from app.domain.certificates.rules.words import ImagePurpose, TemplateStatus
from app.domain.units.models import Unit


def may_use(path: str) -> ColumnElement[bool]:
    """The condition that a unit may put a picture on its templates: seals of its own, backgrounds also from above."""
    image = CertificateImage
    return and_(
        image.removed_at.is_(None),
        or_(Unit.path == path, and_(image.purpose == ImagePurpose.BACKGROUND, is_above(path))),
    )


def list_usable_images(path: str) -> Sequence[CertificateImage]:
    """The pictures that templates of a unit may use, the newest first."""
    return db.session.scalars(
        select(CertificateImage)
        .join(Unit, Unit.id == CertificateImage.unit_id)
        .where(may_use(path))
        .order_by(CertificateImage.id.desc())
    ).all()


def list_own_images(unit_id: int) -> Sequence[CertificateImage]:
    """The pictures of a unit, the newest first."""
    return db.session.scalars(
        select(CertificateImage)
        .where(CertificateImage.unit_id == unit_id, CertificateImage.removed_at.is_(None))
        .order_by(CertificateImage.id.desc())
    ).all()


def get_image(image_id: int, *, scope: str) -> CertificateImage:
    """A picture that templates of a unit may use; NotFound for any other."""
    found = db.session.scalar(
        select(CertificateImage)
        .join(Unit, Unit.id == CertificateImage.unit_id)
        .where(CertificateImage.id == image_id, may_use(scope))
    )
    if found is None:
        raise NotFound(_("There is no such picture of your unit."))
    return found


def titles_using(image_id: int) -> list[str]:
    """What the templates are called that use a picture, in any version but a given-up draft."""
    version = TemplateVersion
    uses = or_(
        version.design["background_id"].as_integer() == image_id,
        version.design[("seal", "image_id")].as_integer() == image_id,
    )
    kept = or_(version.status != TemplateStatus.RETIRED, version.published_at.is_not(None))
    return list(
        db.session.scalars(
            select(CertificateTemplate.title)
            .join(version, version.template_id == CertificateTemplate.id)
            .where(uses, kept)
            .distinct()
            .order_by(CertificateTemplate.title)
        )
    )
