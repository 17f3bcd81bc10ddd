"""Builds templates, batches and certificates for tests."""

from __future__ import annotations

import io
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from itertools import count
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select

from app.core import clock, files
from app.core.db import atomic, db
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import (
    Certificate,
    CertificateBatch,
    CertificateImage,
    CertificateTemplate,
    TemplateVersion,
)
from app.domain.certificates.operations.batches import BatchFacts, draft_batch
from app.domain.certificates.operations.issuing import issue_batch
from app.domain.certificates.rules.designs import (
    Design,
    Orientation,
    QrCode,
    Seal,
    Text,
    as_data,
    from_data,
)
from app.domain.certificates.rules.words import (
    CertificateKind,
    ImagePurpose,
    SourceKind,
    TemplateStatus,
)
from app.domain.people.models import Person, TrainingRecord
from app.domain.units.models import Unit
from migrations.ready_made_certificates import READY_MADE
from tests import factories as make

PREFIX = "楚教培"
DAY = date(2023, 8, 1)
DESIGN = Design(
    orientation=Orientation.LANDSCAPE,
    texts=(
        Text("{number}", 20, 20, 120),
        Text("{name}同志（身份证号{id_number}，{unit}）", 20, 50, 250),
        Text(
            "于{from}至{until}参加{title}，共{hours}学时，{result}。{issuer} {issued_on}",
            20,
            80,
            250,
        ),
    ),
    seal=Seal(200, 140),
    qr=QrCode(20, 150, 36),
)
_titles = count(1)


def make_template(
    unit_id: int | None = None,
    kind: CertificateKind = CertificateKind.COMPLETION,
    *,
    status: TemplateStatus = TemplateStatus.PUBLISHED,
) -> CertificateTemplate:
    """A template with one version."""
    with atomic() as session:
        template = CertificateTemplate(
            unit_id=unit_id, title=f"模板{next(_titles)}", kind=kind, created_at=clock.now()
        )
        session.add(template)
        session.flush()
        session.add(
            TemplateVersion(
                template_id=template.id,
                number=1,
                status=status,
                design=as_data(DESIGN),
                created_at=clock.now(),
            )
        )
    return template


def seal_picture() -> bytes:
    """A red ring on nothing, as PNG."""
    drawn = Image.new("RGBA", (600, 600))
    ImageDraw.Draw(drawn).ellipse((8, 8, 592, 592), outline=(200, 20, 20, 220), width=18)
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()


def make_sealed_template(
    unit: Unit, kind: CertificateKind = CertificateKind.OTHER
) -> CertificateTemplate:
    """A unit's template after the ready-made one of completion, with its seal in it."""
    template = make_template(unit.id, kind)
    picture = seal_picture()
    with atomic() as session:
        image = CertificateImage(
            unit_id=unit.id, purpose=ImagePurpose.SEAL, title="公章", file_key=files.store(picture),
            content_type="image/png", size=len(picture), width=600, height=600,
            uploaded_at=clock.now(),
        )  # fmt: skip
        session.add(image)
        session.flush()
        design = from_data(READY_MADE[0][2])
        assert design.seal is not None
        sealed = replace(design, seal=replace(design.seal, image_id=image.id))
        version = session.scalars(
            select(TemplateVersion).where(TemplateVersion.template_id == template.id)
        ).one()
        version.design = as_data(sealed)
    return template


def make_trained(
    unit_code: str = make.LUFENG, names: Collection[str] = ("李桃艳",), **training: Any
) -> tuple[list[Person], str]:
    """People of one school with a record of the same training, and its event key."""
    school = make.make_school(unit_code)
    people = [make.make_counselor(school, name) for name in names]
    records: list[TrainingRecord] = [
        make.make_training(person, school, **training) for person in people
    ]
    return people, records[0].event_key


def facts_for(template: CertificateTemplate, key: str = "", **changed: Any) -> BatchFacts:
    known = {
        "template_id": template.id,
        "title": "心理健康教育培训",
        "prefix": PREFIX,
        "issued_on": DAY,
        "source": SourceKind.TRAINING if key else SourceKind.HAND,
        "source_key": key,
    }
    return BatchFacts(**{**known, **changed})


def draft(
    actor: Actor,
    template: CertificateTemplate,
    key: str = "",
    *,
    person_ids: Collection[int] | None = None,
    **changed: Any,
) -> int:
    """A prepared batch; its id."""
    with atomic():
        facts = facts_for(template, key, **changed)
        return draft_batch(facts, actor=actor, person_ids=person_ids).id


def issue(batch_id: int, actor: Actor) -> Sequence[Certificate]:
    """Issue a batch; its certificates by number."""
    with atomic():
        issue_batch(batch_id, actor=actor)
    return of_batch(batch_id)


def of_batch(batch_id: int) -> Sequence[Certificate]:
    return db.session.scalars(
        select(Certificate)
        .where(Certificate.batch_id == batch_id)
        .order_by(Certificate.sequence, Certificate.copy)
    ).all()


def issued_to(actor: Actor, names: Collection[str] = ("李桃艳",)) -> Sequence[Certificate]:
    """Certificates of completion, issued by the actor's unit to new people."""
    people, key = make_trained(names=names, title=f"培训{next(_titles)}")
    assert people
    return issue(draft(actor, make_template(), key), actor)


def batch_of(batch_id: int) -> CertificateBatch:
    return db.session.get_one(CertificateBatch, batch_id, populate_existing=True)
