"""Backgrounds and seals that templates use: checked and made anew before the transaction, kept encrypted."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock, files
from app.core.db import db
from app.core.errors import DomainError, InvalidInput
from app.core.file_types import clean_name, detect_among
from app.core.i18n import gettext as _
from app.core.photos import made_anew, measured
from app.core.uploads import refuse_size
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.certificates.models import CertificateImage
from app.domain.certificates.queries.images import get_image, list_own_images, titles_using
from app.domain.certificates.rules.words import ImagePurpose
from app.domain.units.models import Unit

MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
MOST_IMAGES = 100
LONGEST_TITLE = 80
JPEG = "image/jpeg"
# Pixels of the longer side: what is kept (A4 at 210 dots an inch), and below which it prints blurred.
LONGEST_SIDES = {ImagePurpose.BACKGROUND: 2480, ImagePurpose.SEAL: 1000}
LEAST_SIDES = {ImagePurpose.BACKGROUND: 1000, ImagePurpose.SEAL: 200}


@dataclass(frozen=True, slots=True)
class CheckedImage:
    """A picture that may be printed, made anew; not stored yet."""

    purpose: ImagePurpose
    title: str
    content_type: str
    data: bytes
    width: int
    height: int


def check_image(data: bytes, name: str, purpose: ImagePurpose, title: str) -> CheckedImage:
    """What a file is by its content, without place, time and device; a seal in PNG keeps what is transparent.

    Raises ``empty_file``, ``file_too_large`` (above 10 MB), ``file_type``, ``photo_broken``, ``photo_too_large``,
    ``image_small``, ``title``. Slow: never inside a transaction.
    """
    shown = clean_name(name)
    called = title.strip() or shown.rpartition(".")[0] or shown
    if len(called) > LONGEST_TITLE:
        raise InvalidInput(
            _("Give it a title of 1 to %(most)s characters.", most=LONGEST_TITLE), "title", "title"
        )
    refuse_size(data, shown, LARGEST)
    kind = detect_among(data, ("jpg", "png"))
    if kind is None:
        raise InvalidInput(
            _("“%(name)s” is no picture in JPG or PNG.", name=shown), "file_type", "file"
        )
    as_type = JPEG if purpose is ImagePurpose.BACKGROUND else kind.content_type
    anew = made_anew(data, kind.content_type, longest=LONGEST_SIDES[purpose], as_type=as_type)
    width, height = measured(anew)
    if max(width, height) < LEAST_SIDES[purpose]:
        raise InvalidInput(
            _(
                "The picture has %(width)s × %(height)s pixels and would print blurred;"
                " its longer side needs %(least)s.",
                width=width,
                height=height,
                least=LEAST_SIDES[purpose],
            ),
            "image_small",
            "file",
        )
    return CheckedImage(purpose, called, as_type, anew, width, height)


def add_image(image: CheckedImage, file_key: str, *, actor: Actor) -> CertificateImage:
    """Keep a picture for the templates of the actor's unit; the one it has already when it is the very same.

    ``file_key``: where it was stored before the transaction; not used where the answer has another one.
    """
    db.session.execute(select(Unit.id).where(Unit.id == actor.unit_id).with_for_update())
    known = [one for one in list_own_images(actor.unit_id) if one.purpose is image.purpose]
    for one in known:
        same = (one.size, one.width, one.height) == (len(image.data), image.width, image.height)
        if same and files.load(one.file_key) == image.data:
            return one
    if len(known) >= MOST_IMAGES:
        raise DomainError(
            _("A unit keeps at most %(most)s of them. Remove one first.", most=MOST_IMAGES),
            "too_many_images",
            "file",
        )
    made = CertificateImage(
        unit_id=actor.unit_id,
        purpose=image.purpose,
        title=image.title,
        file_key=file_key,
        content_type=image.content_type,
        size=len(image.data),
        width=image.width,
        height=image.height,
        uploaded_by=actor.account_id,
        uploaded_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    _note(actor, "add_image", made)
    return made


def remove_image(image_id: int, *, actor: Actor) -> str:
    """Remove a picture that no template uses; the key of its file, which may go once this has landed.

    Raises ``image_used`` with the templates, ``not_own`` for one of a unit above.
    """
    seen = get_image(image_id, scope=actor.unit_path)
    if seen.unit_id != actor.unit_id:
        raise DomainError(_("This picture is of another unit; only that may remove it."), "not_own")
    image = db.session.scalars(
        select(CertificateImage)
        .where(CertificateImage.id == image_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    using = titles_using(image.id)
    if using:
        raise DomainError(
            _("It is used by: %(titles)s. What was printed must stay.", titles="、".join(using)),
            "image_used",
        )
    image.removed_at = clock.now()
    db.session.flush()
    _note(actor, "remove_image", image)
    return image.file_key


def load_images(image_ids: Collection[int]) -> dict[int, bytes]:
    """The pictures of a design by id."""
    if not image_ids:
        return {}
    rows = db.session.execute(
        select(CertificateImage.id, CertificateImage.file_key).where(
            CertificateImage.id.in_(image_ids)
        )
    )
    return {row.id: files.load(row.file_key) for row in rows}


def _note(actor: Actor, act: str, image: CertificateImage) -> None:
    record(
        actor,
        f"certificates.{act}",
        object_type="certificate_image",
        object_id=image.id,
        details={"title": image.title, "purpose": image.purpose.value, "size": image.size},
    )
