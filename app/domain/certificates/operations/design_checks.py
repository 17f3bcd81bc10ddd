"""What keeps a design from being published: its own faults, signs that the font lacks, pictures it may not use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import select

from app.core.db import db
from app.core.documents.glyphs import missing_glyphs
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import CertificateImage
from app.domain.certificates.queries.images import may_use
from app.domain.certificates.rules.designs import (
    Design,
    Fault,
    Finding,
    why_not_design,
    with_placeholders,
)
from app.domain.certificates.rules.drafting import why_not_images
from app.domain.certificates.rules.words import ImagePurpose
from app.domain.units.models import Unit


def findings_of(design: Design, usable: Iterable[CertificateImage]) -> list[Finding]:
    """Everything that keeps a design from being published; ``usable``: the pictures that its unit may use."""
    return [*why_not_design(design), *_unprintable(design), *why_not_its_images(design, usable)]


def lock_usable(design: Design, actor: Actor) -> Sequence[CertificateImage]:
    """The pictures of a design that the unit may use; none of them can be removed before this act has landed."""
    if not design.image_ids:
        return []
    return db.session.scalars(
        select(CertificateImage)
        .join(Unit, Unit.id == CertificateImage.unit_id)
        .where(CertificateImage.id.in_(design.image_ids), may_use(actor.unit_path))
        .order_by(CertificateImage.id)
        .with_for_update(read=True, of=CertificateImage)
        .execution_options(populate_existing=True)
    ).all()


def _unprintable(design: Design) -> Iterator[Finding]:
    """The texts in which the font lacks characters, whatever is filled in."""
    for index, one in enumerate(design.texts):
        lacking = missing_glyphs([with_placeholders(one.text, lambda _word: "")])
        if lacking:
            yield Finding(Fault.UNPRINTABLE, "text", index, "".join(sorted(lacking)))


def why_not_its_images(design: Design, usable: Iterable[CertificateImage]) -> list[Finding]:
    """Its pictures that are not among those its unit may use."""
    ids: dict[ImagePurpose, set[int]] = {purpose: set() for purpose in ImagePurpose}
    for one in usable:
        ids[one.purpose].add(one.id)
    return why_not_images(design, ids[ImagePurpose.BACKGROUND], ids[ImagePurpose.SEAL])
