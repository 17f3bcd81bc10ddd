"""Make the papers of a batch in the background: printed, kept encrypted; goes on after a crash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import update

from app.core import clock, files
from app.core.db import atomic, db
from app.core.documents.paper_keys import PaperKey
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.core.jobs import (
    MAX_ATTEMPTS,
    Job,
    JobInterrupted,
    JobLost,
    JobState,
    conclude,
    get_job,
    handles,
    report,
)
from app.core.stepping_back import background_threads
from app.core.turns import Busy
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.certificates.facts import paper_facts
from app.domain.certificates.models import Certificate, CertificateBatch
from app.domain.certificates.operations.images import load_images
from app.domain.certificates.operations.issuing import MAKE, lock_batch, make_papers_later
from app.domain.certificates.operations.paper_signing import paper_key, sign_certificate
from app.domain.certificates.queries.batches import get_batch, read_progress
from app.domain.certificates.queries.issued import read_many, unmade
from app.domain.certificates.rendering import render_each
from app.domain.certificates.rules.designs import Design, PaperFacts, from_data
from app.domain.certificates.rules.words import BatchState
from app.domain.people.operations.telling import tell_accounts

AT_ONCE = 50
THREADS = 2  # typst lets Python go on meanwhile


@handles(MAKE)
def make_papers(job: Job) -> None:
    """Make what is missing, some at a time; each lands by itself, so nothing is made twice after a crash."""
    batch_id, job_id = int(job.arguments["batch_id"]), job.id
    with _failing(job, batch_id):
        missing = unmade(batch_id)
        key = paper_key()
        with background_threads(THREADS) as threads:
            for start in range(0, len(missing), AT_ONCE):
                report(job_id, start, len(missing))
                work = _read(missing[start : start + AT_ONCE], key)
                _land([threads.submit(_made, part) for part in work.parts()])
    with atomic():
        _finish(lock_batch(batch_id), job)
        conclude(job)


def make_again(batch_id: int, *, actor: Actor) -> CertificateBatch:
    """Ask once more for papers that could not be made. Raises ``nothing_missing`` while they are being made."""
    get_batch(batch_id, scope=actor.unit_path)
    batch = lock_batch(batch_id)
    if not has_failed(batch):
        raise DomainError(_("These papers are made already, or are being made."), "nothing_missing")
    batch.state = BatchState.ISSUING
    make_papers_later(batch, actor)
    record(actor, "certificates.make", object_type="certificate_batch", object_id=batch.id)
    return batch


def has_failed(batch: CertificateBatch) -> bool:
    """Whether the papers of a batch could not be made."""
    if batch.state is not BatchState.ISSUING:
        return batch.state is BatchState.FAILED
    job = get_job(batch.job_id) if batch.job_id is not None else None
    return job is None or job.state in {JobState.FAILED, JobState.DONE}


Made = tuple[int, str, str]  # certificate, key of its file, digest


@dataclass(frozen=True, slots=True)
class _Work:
    """Papers of one look to print and sign; needs no database any more."""

    design: Design
    images: Mapping[int, bytes]
    key: PaperKey
    at: datetime
    papers: Sequence[tuple[int, PaperFacts]]

    def parts(self) -> list[_Work]:
        """A share for each of the threads."""
        parts = [self.papers[first::THREADS] for first in range(THREADS)]
        return [replace(self, papers=part) for part in parts if part]


def _read(ids: Sequence[int], key: PaperKey) -> _Work:
    certificates = list(read_many(ids))
    design = from_data(certificates[0].version.design)
    images = load_images(design.image_ids)
    papers = [(one.id, paper_facts(one)) for one in certificates]
    db.session.rollback()  # nothing of the database is held while typst works
    return _Work(design, images, key, clock.now(), papers)


def _made(work: _Work) -> list[Made]:
    """Print, sign and store; what is stored already is thrown away when one cannot be made."""
    made: list[Made] = []
    printed = render_each(work.design, work.images, [paper for _id, paper in work.papers])
    try:
        for (certificate_id, paper), page in zip(work.papers, printed, strict=True):
            signed = sign_certificate(page, paper, work.key, work.at)
            made.append((certificate_id, files.store(signed), hashlib.sha256(signed).hexdigest()))
    except BaseException:
        for _id, key, _digest in made:
            files.remove(key)
        raise
    return made


def _land(parts: Sequence[Future[list[Made]]]) -> None:
    """Keep what each thread made, also when another of them failed."""
    wait(parts)
    for one in parts:
        if one.exception() is None:
            _keep(one.result())
    for one in parts:
        one.result()  # raises what stopped it


def _keep(made: Sequence[Made]) -> None:
    """Let the papers land; what another worker landed meanwhile stays, ours is thrown away."""
    left_over = []
    with atomic() as session:
        for certificate_id, key, digest in made:
            landed = session.execute(
                update(Certificate)
                .where(Certificate.id == certificate_id, Certificate.file_key.is_(None))
                .values(file_key=key, file_digest=digest, row_version=Certificate.row_version + 1)
                .execution_options(synchronize_session=False)
            )
            if landed.rowcount != 1:  # type: ignore[attr-defined]
                left_over.append(key)
    for key in left_over:
        files.remove(key)


def _finish(batch: CertificateBatch, job: Job) -> None:
    batch.state, batch.error, batch.finished_at = BatchState.ISSUED, None, clock.now()
    _tell(batch, job, "certificates.made")


def _tell(batch: CertificateBatch, job: Job, kind: str) -> None:
    if job.created_by is None:
        return
    facts = {"title": batch.title, "count": read_progress(batch.id).made}
    tell_accounts([job.created_by], kind, facts, link=f"/certificates/batches/{batch.id}")


@contextmanager
def _failing(job: Job, batch_id: int) -> Iterator[None]:
    """What stops the work for good is kept with the batch, where officers look."""
    try:
        yield
    except (JobInterrupted, JobLost):
        raise
    except Exception as error:
        for_good = isinstance(error, DomainError) and not isinstance(error, Busy)
        if not for_good and job.attempts < MAX_ATTEMPTS:
            raise
        db.session.rollback()
        with atomic():
            batch = lock_batch(batch_id)
            batch.state = BatchState.FAILED
            batch.error = (
                str(error.message)
                if isinstance(error, DomainError)
                else _(
                    "An unexpected error stopped the work (%(name)s).", name=type(error).__name__
                )
            )
            _tell(batch, job, "certificates.failed")
        raise
