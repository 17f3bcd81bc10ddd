"""How a paper will look before it is issued, and all papers of a batch for the print shop."""

from __future__ import annotations

from app.core import addresses
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.certificates.facts import KIND_NAMES, paper_facts
from app.domain.certificates.models import CertificateBatch
from app.domain.certificates.operations.images import load_images
from app.domain.certificates.operations.issuing import frozen_for
from app.domain.certificates.queries.batches import chosen_ids, wanted_of
from app.domain.certificates.queries.eligible import Eligible, read_eligible
from app.domain.certificates.queries.issued import list_valid_of_batch
from app.domain.certificates.rendering import render_certificates, render_preview
from app.domain.certificates.rules.designs import PaperFacts, from_data
from app.domain.people.rules.identity import mask_identity_number

MOST_TRIED = 20  # of those first in a draft, where some are gone meanwhile


def preview(batch: CertificateBatch, *, person_id: int | None = None) -> bytes:
    """The paper of somebody in a draft (the first one where nobody is named) as PNG.

    It bears no number yet, its code leads to the page of verification alone, and the identity number is masked.
    NotFound when nobody is there.
    """
    design = from_data(batch.version.design)
    images = load_images(design.image_ids)
    paper = _unnumbered(batch, _somebody(batch, person_id))
    return render_preview(design, images, paper)


def print_batch(batch: CertificateBatch) -> bytes:
    """The valid certificates of a batch as one PDF, a page each, for the print shop; not digitally signed."""
    certificates = list_valid_of_batch(batch.id)
    if not certificates:
        raise NotFound(_("No certificate of this batch is valid."))
    design = from_data(batch.version.design)
    images = load_images(design.image_ids)
    papers = [paper_facts(one) for one in certificates]
    db.session.rollback()  # nothing of the database is held while typst works
    return render_certificates(design, images, papers)


def _somebody(batch: CertificateBatch, person_id: int | None) -> Eligible:
    ids = chosen_ids(batch.id) if person_id is None else [person_id]
    for one in ids[:MOST_TRIED]:
        found = read_eligible(wanted_of(batch), [one])
        if found:
            return found[0]
    raise NotFound(_("Nobody is in this batch yet."))


def _unnumbered(batch: CertificateBatch, one: Eligible) -> PaperFacts:
    said = frozen_for(batch, one)
    return PaperFacts(
        name=said.name,
        number=f"{batch.prefix}〔{batch.issued_on.year}〕第××××号",
        address=f"{addresses.base_url()}/verify/",
        issued_on=batch.issued_on,
        issuer=said.issuer,
        kind=KIND_NAMES[batch.kind],
        title=said.title,
        id_number=mask_identity_number(said.id_number) if said.id_number else "",
        unit=said.unit,
        started_on=said.started_on,
        ended_on=said.ended_on,
        cohort=said.cohort,
        hours=said.hours,
        result=said.result,
    )
