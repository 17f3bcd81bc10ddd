"""The papers of certificates are signed: by a key made once, or by the one set; old ones stay good; on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import NoEncryption, pkcs12
from flask import Flask
from sqlalchemy.orm import Session

from app.core import clock, files, jobs
from app.core.db import atomic, db
from app.core.documents import paper_keys
from app.core.documents.paper_keys import PaperKey, make_key
from app.core.errors import DomainError
from app.domain.certificates.models import CertificateBatch
from app.domain.certificates.operations.keys import list_keys
from app.domain.certificates.operations.paper_signing import paper_key, rotate_paper_key
from app.domain.certificates.operations.previewing import print_batch
from app.domain.certificates.rules.words import BatchState, KeyUse
from tests import certificate_factories as certs
from tests import factories as make
from tests.conftest import TODAY
from tests.papers import find_signatures, is_signed


@pytest.fixture(autouse=True)
def _nothing_set() -> Iterator[None]:
    yield
    paper_keys.configure(None, None)


def set_key(tmp_path: Path, key: PaperKey) -> None:
    """Name a key in the settings, as XINYU_PDF_CERTIFICATE does."""
    path = tmp_path / "seal.p12"
    path.write_bytes(
        pkcs12.serialize_key_and_certificates(
            b"x", key.private, key.certificate, None, NoEncryption()
        )
    )
    paper_keys.configure(path, None)


def issued_paper() -> bytes:
    """The PDF of a certificate, issued and made."""
    bureau = make.make_actor("bureau", make.CHUXIONG)
    batch_id = certs.issued_to(bureau)[0].batch_id
    jobs.run_pending()
    (made,) = certs.of_batch(batch_id)
    return files.load(made.file_key or "")


def kept_certificates() -> list[x509.Certificate]:
    """What is trusted, the newest first."""
    return [
        x509.load_pem_x509_certificate((key.certificate or "").encode())
        for key in list_keys(KeyUse.PAPER)
    ]


def test_a_made_paper_is_signed_by_the_key_that_is_kept_sealed(session: Session) -> None:
    data = issued_paper()
    (kept,) = list_keys(KeyUse.PAPER)
    (found,) = find_signatures(data)
    assert is_signed(found, kept_certificates()[0])
    assert (found.permission, found.reason) == (1, "颁发证书")
    assert found.signed_at.startswith(f"D:{TODAY.astimezone(clock.zone()):%Y%m%d}")
    assert paper_key().private_bytes not in kept.private_sealed
    assert paper_key().pem == kept.certificate


def test_what_an_old_key_signed_stays_good_after_a_new_one(session: Session) -> None:
    old, admin = issued_paper(), make.make_actor("admin", make.CHUXIONG)
    with atomic():
        rotate_paper_key(actor=admin)
    new = issued_paper()
    now, before = kept_certificates()
    assert is_signed(find_signatures(old)[0], before)
    assert is_signed(find_signatures(new)[0], now)
    assert not is_signed(find_signatures(new)[0], before)
    assert [key.retired_at is None for key in list_keys(KeyUse.PAPER)] == [True, False]


def test_two_workers_at_once_make_one_key(app: Flask, session: Session) -> None:
    start, used = Barrier(2), list[str]()

    def work() -> None:
        with app.app_context(), clock.frozen(TODAY):
            start.wait()
            used.append(paper_key().pem)
            db.session.rollback()

    threads = [Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (kept,) = list_keys(KeyUse.PAPER)
    assert used == [kept.certificate] * 2


def test_the_certificate_that_is_set_signs_and_its_private_half_is_not_kept(
    session: Session, tmp_path: Path
) -> None:
    issued_paper()
    set_key(tmp_path, make_key("楚雄州教体局", TODAY))
    found = find_signatures(issued_paper())[0]
    own, before = list_keys(KeyUse.PAPER)
    assert is_signed(found, kept_certificates()[0])
    assert "楚雄州教体局" in kept_certificates()[0].subject.rfc4514_string()
    assert len(own.private_sealed) < len(before.private_sealed) / 2
    issued_paper()
    assert len(list_keys(KeyUse.PAPER)) == 2
    admin = make.make_actor("admin", make.CHUXIONG)
    with pytest.raises(DomainError) as refused, atomic():
        rotate_paper_key(actor=admin)
    assert refused.value.code == "key_is_set"
    paper_keys.configure(None, None)
    assert is_signed(find_signatures(issued_paper())[0], kept_certificates()[0])
    assert len(list_keys(KeyUse.PAPER)) == 3


def test_an_expired_certificate_stops_the_papers_and_says_so(
    session: Session, tmp_path: Path
) -> None:
    set_key(tmp_path, make_key("楚雄州教体局", TODAY - timedelta(days=4000)))
    bureau = make.make_actor("bureau", make.CHUXIONG)
    batch_id = certs.issued_to(bureau)[0].batch_id
    jobs.run_pending(1)
    failed = certs.batch_of(batch_id)
    assert failed.state is BatchState.FAILED
    assert "XINYU_PDF_CERTIFICATE" in (failed.error or "")
    assert list_keys(KeyUse.PAPER) == []


def test_a_key_made_here_gives_way_to_a_new_one_when_its_certificate_expires(
    session: Session,
) -> None:
    first = paper_key().pem
    with clock.frozen(TODAY + timedelta(days=3660)):
        assert paper_key().pem != first
    assert len(list_keys(KeyUse.PAPER)) == 2


def test_the_file_for_the_print_shop_bears_no_signature(session: Session) -> None:
    issued_paper()
    batch = session.query(CertificateBatch).one()
    assert find_signatures(print_batch(batch)) == []
