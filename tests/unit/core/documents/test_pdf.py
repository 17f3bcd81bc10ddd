"""What stands in a PDF, read back from it."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import typst
from PIL import ImageFont
from pypdf import PdfReader

from app.core.documents.pdf import FONTS, render_pdf
from tests.unit.core.documents.samples import APPRAISAL, DISPATCH, PAPERS, words

A4 = (595.28, 841.89)
RARE = ("䶮", "㛃", "𬭎", "𠅤", "𬱖", "·", "〔")


def read(template: str, facts: dict[str, Any]) -> PdfReader:
    return PdfReader(io.BytesIO(render_pdf(template, facts)))


def text_of(reader: PdfReader) -> str:
    """Without blanks and line ends: where a line breaks is the paper's business."""
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in reader.pages))


def fonts_of(reader: PdfReader) -> dict[str, bool]:
    """The fonts of all pages, and whether each is embedded."""
    found = {}
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():
            inner = font["/DescendantFonts"][0]
            descriptor = inner["/FontDescriptor"]
            embedded = any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3"))
            found[font["/BaseFont"].partition("+")[2]] = embedded
    return found


@pytest.mark.parametrize("template", PAPERS)
def test_holds_every_fact(template: str) -> None:
    text = text_of(read(template, PAPERS[template]))
    for word in words(PAPERS[template]):
        assert re.sub(r"\s+", "", word) in text


@pytest.mark.parametrize("template", PAPERS)
def test_is_one_page_of_a4(template: str) -> None:
    reader = read(template, PAPERS[template])
    assert [(float(p.mediabox.width), float(p.mediabox.height)) for p in reader.pages] == [
        pytest.approx(A4, abs=0.1)
    ]


@pytest.mark.parametrize("template", PAPERS)
def test_embeds_its_fonts(template: str) -> None:
    fonts = fonts_of(read(template, PAPERS[template]))
    assert fonts
    assert all(fonts.values())


@pytest.mark.parametrize("sign", RARE)
def test_prints_rare_characters(sign: str) -> None:
    reader = read("placement-appraisal", APPRAISAL | {"name": sign * 2, "mentor": ""})
    assert sign * 2 in text_of(reader)


def test_needs_no_font_but_its_own() -> None:
    fonts = fonts_of(read("placement-appraisal", APPRAISAL | {"name": "".join(RARE)}))
    assert all("WenKai" in font or "FangSong" in font for font in fonts)


@pytest.mark.parametrize("sign", RARE)
def test_its_own_font_has_a_glyph_for_rare_characters(sign: str) -> None:
    """Not the box that stands for a missing one."""
    font = ImageFont.truetype(FONTS / "LXGWWenKai-Regular.ttf", 40)
    assert bytes(font.getmask(sign)) != bytes(font.getmask("\U0003fffd"))


@pytest.mark.parametrize(
    "name", ['#panic("x")', "$x$ *b* _i_ @ref <label> // ", '"] #read("/etc/passwd")', "\\#{x}"]
)
def test_prints_markup_in_a_name_as_it_is(name: str) -> None:
    text = text_of(read("placement-appraisal", APPRAISAL | {"name": name}))
    assert re.sub(r"\s+", "", name) in text


def test_drops_what_cannot_be_printed() -> None:
    assert "李梅" in text_of(read("placement-appraisal", APPRAISAL | {"name": "李\x00\x0b梅"}))


def test_goes_on_on_a_second_page_when_the_opinions_are_long() -> None:
    text = "观摩导师授课，参与学校心理咨询室的值班与建档工作。" * 40
    opinion = {"text": text, "signer": "甲", "day": None}
    opinions = dict.fromkeys(("self", "mentor", "base_school", "bureau"), opinion)
    reader = read("placement-appraisal", APPRAISAL | {"opinions": opinions})
    assert len(reader.pages) > 1
    assert text_of(reader).count("观摩导师授课") == 160
    assert "优秀" in text_of(reader)


def test_takes_smaller_type_to_keep_longer_opinions_on_one_page() -> None:
    text = "观摩导师授课，参与学校心理咨询室的值班与建档工作。" * 12
    opinion = {"text": text, "signer": "甲", "day": None}
    opinions = dict.fromkeys(("self", "mentor", "base_school", "bureau"), opinion)
    reader = read("placement-appraisal", APPRAISAL | {"opinions": opinions})
    assert len(reader.pages) == 1
    assert text_of(reader).count("观摩导师授课") == 48


def test_lists_sixty_people_over_several_pages() -> None:
    people = [{**DISPATCH["people"][0], "name": f"学员{number}号"} for number in range(1, 61)]
    reader = read("placement-dispatch", DISPATCH | {"people": people})
    assert len(reader.pages) > 2
    text = text_of(reader)
    assert all(f"学员{number}号" in text for number in range(1, 61))
    assert "学员1号等60名同志" in text


def test_speaks_of_one_person_without_a_number() -> None:
    people = DISPATCH["people"][:1]
    text = text_of(read("placement-dispatch", DISPATCH | {"people": people}))
    assert "现选派李梅同志到你校" in text


def test_refuses_to_print_with_a_fact_missing() -> None:
    facts = {key: value for key, value in DISPATCH.items() if key != "addressee"}
    with pytest.raises(typst.TypstError):
        render_pdf("placement-dispatch", facts)


@pytest.mark.parametrize("name", ["none-such", "../documents/placement-dispatch", "_paper.typ"])
def test_knows_only_its_templates(name: str) -> None:
    with pytest.raises(ValueError, match="no document template"):
        render_pdf(name, {})


def test_prints_for_several_people_at_once() -> None:
    names = [f"学员{number}" for number in range(12)]
    with ThreadPoolExecutor(4) as pool:
        papers = pool.map(
            lambda name: read("placement-appraisal", APPRAISAL | {"name": name}), names
        )
    assert all(name in text_of(paper) for name, paper in zip(names, papers, strict=True))
