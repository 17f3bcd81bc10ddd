"""Make the papers of a batch: once each, further on after a break, and again when it had failed; on both databases."""

from __future__ import annotations

import hashlib
import os
import sys
import threading
from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from app.core import clock, files, jobs
from app.core.db import atomic
from app.core.documents.paper_keys import PaperKey
from app.core.errors import DomainError, NotFound
from app.core.stepping_back import background_threads
from app.domain.accounts.rules import Actor
from app.domain.certificates.operations import making
from app.domain.certificates.operations.making import make_again
from app.domain.certificates.queries.batches import read_progress
from app.domain.certificates.rules.designs import PaperFacts
from app.domain.certificates.rules.words import BatchState
from tests import certificate_factories as certs
from tests import factories as make
from tests.conftest import TODAY


@pytest.fixture
def batch(session: Session) -> tuple[int, Actor]:
    """Three certificates that have no papers yet."""
    bureau = make.make_actor("bureau", make.CHUXIONG)
    return certs.issued_to(bureau, ["李桃艳", "王小明", "张三"])[0].batch_id, bureau


def test_every_paper_is_kept_under_its_own_digest(batch: tuple[int, Actor]) -> None:
    assert jobs.run_pending() == 1
    assert certs.batch_of(batch[0]).state is BatchState.ISSUED
    for one in certs.of_batch(batch[0]):
        data = files.load(one.file_key or "")
        assert data.startswith(b"%PDF")
        assert one.file_digest == hashlib.sha256(data).hexdigest()


def test_what_was_made_before_a_break_is_not_made_again(
    batch: tuple[int, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(making, "AT_ONCE", 1)
    known, stored = making.files.store, []

    def store(data: bytes) -> str:
        if len(stored) == 2:
            raise OSError("no space left")
        stored.append(known(data))
        return stored[-1]

    monkeypatch.setattr(making.files, "store", store)
    jobs.run_pending(1)
    assert read_progress(batch[0]).made == 2
    kept = [one.file_key for one in certs.of_batch(batch[0])]
    monkeypatch.setattr(making.files, "store", known)
    with clock.frozen(TODAY + timedelta(minutes=1)):
        jobs.run_pending(1)
    after = [one.file_key for one in certs.of_batch(batch[0])]
    assert after[:2] == kept[:2] == stored
    assert None not in after
    assert certs.batch_of(batch[0]).state is BatchState.ISSUED


def test_what_one_thread_made_stays_when_the_other_fails_and_no_file_is_left_over(
    batch: tuple[int, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    known, known_store, stored = making.sign_certificate, files.store, []
    third = certs.of_batch(batch[0])[2].number

    def sign(printed: bytes, paper: PaperFacts, key: PaperKey, at: datetime) -> bytes:
        if paper.number == third:
            raise OSError("broken")
        return known(printed, paper, key, at)

    def store(data: bytes) -> str:
        stored.append(known_store(data))
        return stored[-1]

    monkeypatch.setattr(making, "sign_certificate", sign)
    monkeypatch.setattr(making.files, "store", store)
    jobs.run_pending(1)
    kept = [one.file_key for one in certs.of_batch(batch[0])]
    assert [key is None for key in kept] == [True, False, True]
    (left_over,) = set(stored) - set(kept)
    with pytest.raises(NotFound):
        files.load(left_over)


def test_threads_for_heavy_work_step_back_for_the_pages() -> None:
    mine = os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    def niceness() -> int:
        return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())

    with background_threads(1) as threads:
        theirs = threads.submit(niceness).result()
    assert theirs == (10 if sys.platform == "linux" and mine <= 10 else mine)
    assert niceness() == mine


def test_what_failed_for_good_says_so_and_is_made_when_asked_again(
    batch: tuple[int, Actor], monkeypatch: pytest.MonkeyPatch
) -> None:
    batch_id, bureau = batch

    def refuse(_ids: object) -> dict[int, bytes]:
        raise DomainError("印章图片已丢失", "image_lost")

    monkeypatch.setattr(making, "load_images", refuse)
    jobs.run_pending(1)
    failed = certs.batch_of(batch_id)
    assert (failed.state, failed.error) == (BatchState.FAILED, "印章图片已丢失")
    monkeypatch.undo()
    with atomic():
        make_again(batch_id, actor=bureau)
    with pytest.raises(DomainError) as refused, atomic():
        make_again(batch_id, actor=bureau)
    assert refused.value.code == "nothing_missing"
    assert jobs.run_pending(1) == 1
    assert certs.batch_of(batch_id).state is BatchState.ISSUED
