"""What a printed certificate holds, read back off it: every word, and the code as a phone sees it."""

from __future__ import annotations

import io
import secrets
from dataclasses import replace

import pytest
from pypdf import PdfReader

from app.domain.certificates.rendering import render_certificates, unprintable
from app.domain.certificates.rules.designs import Seal, filled, from_data, values_of
from app.domain.certificates.rules.signed import SignedFacts, pack, qr_address, unpack
from migrations.ready_made_certificates import READY_MADE
from tests.certificate_factories import seal_picture
from tests.papers import read_codes
from tests.unit.certificates.test_designs import PAPER

RARE = "䶮㛃𬭎𠅤"
FACTS = SignedFacts(
    number=PAPER.number, holder=RARE, kind="completion", title=PAPER.title, hours="24",
    started_on="2023-03-01", ended_on="2023-03-03", issued_on="2023-03-10", valid_until="",
    issuer=PAPER.issuer, key="2023-abcdef01",
)  # fmt: skip
PAPERS = [
    replace(
        PAPER, name=name, unit="临沧市第一中学", cohort="第一期", result="优秀", kind="结业证书",
        id_number="533521199001010011", number=f"临教培〔2023〕第{number:04d}号",
        address=qr_address(
            "https://xinyu.example.cn", PAPER.number, "0123456789AB",
            pack(replace(FACTS, holder=name), secrets.token_bytes(64)),
        ),
    )
    for number, name in enumerate((RARE, "李桃艳"), 1)
]  # fmt: skip


@pytest.mark.parametrize("made", READY_MADE, ids=lambda made: str(made[0]))
def test_every_word_and_the_code_are_read_back_from_each_ready_made_template(
    made: tuple[str, str, dict[str, object]],
) -> None:
    design = from_data(made[2])
    data = render_certificates(design, {}, PAPERS)
    pages = PdfReader(io.BytesIO(data)).pages
    assert len(pages) == len(PAPERS)
    for number, (page, paper) in enumerate(zip(pages, PAPERS, strict=True)):
        printed = "".join(page.extract_text().split())
        for text in design.texts:
            assert "".join(filled(text.text, values_of(paper)).split()) in printed
        (read,) = read_codes(data, number)
        assert read == paper.address
        facts, _signature = unpack(read.partition("#")[2]) or (None, b"")
        assert facts == replace(FACTS, holder=paper.name)


def test_a_sealed_paper_is_still_read() -> None:
    design = from_data(READY_MADE[0][2])
    assert design.seal is not None
    sealed = replace(design, seal=Seal(design.seal.x, design.seal.y, design.seal.size, image_id=1))
    data = render_certificates(sealed, {1: seal_picture()}, PAPERS[:1])
    (page,) = PdfReader(io.BytesIO(data)).pages
    assert len(page.images) == 1
    assert read_codes(data) == [PAPERS[0].address]


def test_exactly_what_the_font_lacks_is_named_whatever_the_template() -> None:
    for _code, _title, data in READY_MADE:
        lacking = unprintable(from_data(data), replace(PAPER, name=f"李{RARE}𪚥\ue000"))
        assert lacking == {"𪚥", "\ue000"}
