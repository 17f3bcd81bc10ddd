"""How a design looks before anything is issued with it: invented facts, or those of somebody of the unit."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import select

from app.core import addresses, clock
from app.core.db import db
from app.domain.certificates.facts import KIND_NAMES
from app.domain.certificates.operations.images import load_images
from app.domain.certificates.operations.issuing import issuer_name
from app.domain.certificates.rendering import render_one, render_preview
from app.domain.certificates.rules.designs import Design, PaperFacts
from app.domain.certificates.rules.drafting import drawable, marked_as_sample, sample_paper
from app.domain.certificates.rules.words import CertificateKind
from app.domain.people.models import TrainingRecord
from app.domain.people.queries.candidates import get_candidates
from app.domain.units.models import Unit


def invented_paper(kind: CertificateKind, unit_id: int) -> PaperFacts:
    """What a certificate of a unit could say. Its code leads to the page of verification alone."""
    unit = db.session.get_one(Unit, unit_id)
    address = f"{addresses.base_url()}/verify/"
    return sample_paper(clock.today(), issuer_name(unit), KIND_NAMES[kind], address)


def paper_of(person_id: int, kind: CertificateKind, unit_id: int, *, scope: str) -> PaperFacts:
    """The same with somebody's name, unit, masked identity number and last training passed. NotFound outside."""
    person = get_candidates([person_id], scope=scope)[0]
    paper = replace(
        invented_paper(kind, unit_id),
        name=person.name,
        unit=person.unit_name or "",
        id_number=person.id_number,
    )
    record = db.session.scalars(
        select(TrainingRecord)
        .where(
            TrainingRecord.person_id == person_id,
            TrainingRecord.passed,
            TrainingRecord.withdrawn_at.is_(None),
        )
        .order_by(TrainingRecord.ended_on.desc(), TrainingRecord.id.desc())
        .limit(1)
    ).first()
    if record is None:
        return paper
    return replace(
        paper,
        title=record.title,
        started_on=record.started_on,
        ended_on=record.ended_on,
        cohort=record.cohort or "",
        hours=record.hours,
        result=record.result or "",
    )


def picture_of(design: Design, paper: PaperFacts, *, images: Collection[int]) -> bytes:
    """As PNG, also with faults in it. ``images``: those that may be shown to whoever looks."""
    shown = drawable(design, images)
    return render_preview(shown, load_images(shown.image_ids), paper)


def sample_of(design: Design, paper: PaperFacts, *, images: Collection[int]) -> bytes:
    """As PDF for the print shop to try, with 样张 under the writing."""
    shown = marked_as_sample(drawable(design, images))
    return render_one(shown, load_images(shown.image_ids), paper)
