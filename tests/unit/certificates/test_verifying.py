"""What a certificate is worth on a day, and the names under which an ended one is published."""

from __future__ import annotations

from datetime import date

import pytest

from app.domain.certificates.rules.verifying import (
    Standing,
    credential_id,
    proof_digest,
    standing_on,
)
from app.domain.certificates.rules.words import CertificateState

TODAY = date(2023, 8, 17)


@pytest.mark.parametrize(
    ("state", "until", "standing"),
    [
        (CertificateState.VALID, None, Standing.VALID),
        (CertificateState.VALID, date(2023, 8, 17), Standing.VALID),
        (CertificateState.VALID, date(2023, 8, 16), Standing.EXPIRED),
        (CertificateState.REVOKED, None, Standing.REVOKED),
        (CertificateState.REVOKED, date(2020, 1, 1), Standing.REVOKED),
        (CertificateState.REPLACED, date(2030, 1, 1), Standing.REPLACED),
    ],
)
def test_the_last_day_still_counts_and_an_act_outweighs_the_calendar(
    state: CertificateState, until: date | None, standing: Standing
) -> None:
    assert standing_on(state, until, TODAY) is standing


def test_an_ended_certificate_is_named_by_its_signature_alone() -> None:
    assert proof_digest(b"one") == "05f70341078acf6a06d423d21720f964"
    assert credential_id(b"one") == "urn:uuid:05f70341-078a-cf6a-06d4-23d21720f964"
