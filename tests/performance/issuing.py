"""Issue a large batch of certificates on the ready-made template, with seal, QR code and digital signature: from the
act to the last paper, while others look through the people list.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import func, select

from app import create_app
from app.config import read_settings
from app.core import clock
from app.core.db import atomic, db
from app.core.jobs import run_pending
from app.domain.accounts.models import Account
from app.domain.certificates.models import Certificate, CertificateBatch
from app.domain.certificates.operations.batches import BatchFacts, draft_batch
from app.domain.certificates.operations.issuing import issue_batch
from app.domain.certificates.rules.words import BatchState
from app.domain.people.models import Person
from tests import factories as make
from tests.certificate_factories import make_sealed_template
from tests.performance import servers

PEOPLE = 500
LIST = "/people/"


@dataclass(frozen=True)
class Issued:
    """Certificates a second, end to end; the people list's 95th percentile quiet and meanwhile, in milliseconds."""

    rate: float
    quiet: float
    meanwhile: float
    verdict: str


def run(settings: dict[str, str], cookie: str, seconds: int) -> Issued:
    """Issue to five hundred people at once and make their papers with one worker."""
    _finish_what_waits(settings)
    with servers.server(settings) as address:
        servers.load(address, LIST, cookie, seconds=2, connections=2)
        quiet = servers.load(address, LIST, cookie, seconds=seconds, connections=2).p95
        alone = _issue(settings, "alone")
        with _looking(address, cookie) as seen:
            _issue(settings, "beside readers")
        return Issued(PEOPLE / alone, quiet, seen[0], _verdict(settings))


@contextmanager
def _looking(address: str, cookie: str) -> Iterator[list[float]]:
    """Somebody looks through the people list as long as the block runs; its 95th percentile afterwards."""
    seen: list[float] = []
    stop = threading.Event()

    def look() -> None:
        while not stop.is_set():
            seen.append(servers.load(address, LIST, cookie, seconds=4, connections=2).p95)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield seen
    finally:
        stop.set()
        thread.join()


def _finish_what_waits(settings: dict[str, str]) -> None:
    """Papers of the demonstration are nobody's to measure."""
    with create_app(read_settings(settings)).app_context():
        while run_pending():
            pass


def _issue(settings: dict[str, str], title: str) -> float:
    """From the act until the last paper is kept, in seconds."""
    app = create_app(read_settings(settings))
    with app.app_context():
        account = db.session.scalars(
            select(Account).where(Account.username == "bureau-chuxiong")
        ).one()
        actor = make.actor_of(account)
        template = make_sealed_template(make.get_unit(make.CHUXIONG)).id
        people = db.session.scalars(
            select(Person.id)
            .join(Person.registered_unit)
            .where(make.Unit.path.startswith(actor.unit_path))
            .order_by(Person.id)
            .limit(PEOPLE)
        ).all()
        facts = BatchFacts(template, f"批量发证 {title}", "测速", clock.today())
        started = time.perf_counter()
        with atomic():
            batch_id = draft_batch(facts, actor=actor, person_ids=people).id
            issue_batch(batch_id, actor=actor)
        run_pending()
        return time.perf_counter() - started


def _verdict(settings: dict[str, str]) -> str:
    """Whether every number is there once and every paper is made."""
    app = create_app(read_settings(settings))
    with app.app_context():
        count, distinct, last, made = db.session.execute(
            select(
                func.count(),
                func.count(Certificate.number_key.distinct()),
                func.max(Certificate.sequence),
                func.count(Certificate.file_key),
            ).where(Certificate.number.startswith("测速"))
        ).one()
        states = set(
            db.session.scalars(
                select(CertificateBatch.state).where(CertificateBatch.prefix == "测速").distinct()
            )
        )
    whole = count == distinct == last == made == 2 * PEOPLE and states <= {BatchState.ISSUED}
    return (
        "numbers whole, all papers made" if whole else f"WRONG: {count}, {distinct}, {last}, {made}"
    )
