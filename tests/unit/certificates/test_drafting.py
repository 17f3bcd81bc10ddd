"""Designs while they are made: what they begin with, what is kept, how a faulty one can be looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.domain.certificates.rendering import render_preview
from app.domain.certificates.rules.designs import (
    Design,
    Fault,
    Finding,
    Orientation,
    QrCode,
    Seal,
    Text,
    why_not_design,
)
from app.domain.certificates.rules.drafting import (
    drawable,
    free_title,
    marked_as_sample,
    may_be_kept,
    new_text,
    sample_paper,
    starter,
    why_not_images,
    with_copy,
    without,
    without_images,
)

PAPER = sample_paper(
    date(2023, 8, 1), "楚雄州教育体育局", "结业证书", "https://example.org/verify/"
)
PLAIN = Design(
    Orientation.LANDSCAPE,
    (Text("{number}", 20, 20, 100), Text("{name}同志", 20, 60, 200)),
    qr=QrCode(20, 150),
)


@pytest.mark.parametrize("orientation", Orientation)
def test_a_new_template_could_be_published_as_it_is(orientation: Orientation) -> None:
    design = starter(orientation, "结业证书")
    assert why_not_design(design) == []
    assert why_not_design(replace(design, texts=(*design.texts, new_text(design)))) == []
    assert may_be_kept(design)


def test_a_copy_of_a_text_stands_below_it_and_can_go_again() -> None:
    copied = with_copy(PLAIN, 0)
    assert [(one.text, one.y) for one in copied.texts] == [
        ("{number}", 20),
        ("{number}", 28),
        ("{name}同志", 60),
    ]
    assert without(copied, 1) == PLAIN


def test_a_faulty_design_can_be_looked_at_all_the_same() -> None:
    awful = Text("{age}岁{name}", -5000, 40, 0, 900, -3, colour="red", spacing=-1, leading=99)
    faulty = replace(
        PLAIN,
        texts=(*PLAIN.texts, awful, Text("", 0, 0, 10)),
        background_id=7,
        seal=Seal(290, 190, 500, 8),
        qr=QrCode(-5, 0, 1),
    )
    shown = drawable(faulty, {9})
    assert shown.texts[2].text == "｛age｝岁{name}"
    assert (shown.texts[2].size, shown.texts[2].colour, shown.texts[2].width) == (96, "#000000", 1)
    assert shown.image_ids == frozenset()
    assert render_preview(shown, {}, PAPER).startswith(b"\x89PNG")
    assert drawable(PLAIN, ()) == PLAIN


@pytest.mark.parametrize(
    "texts",
    [
        (Text("字", 20, 20, 100),) * 31,
        (Text("字" * 601, 20, 20, 100),),
        (Text("字", float("nan"), 20, 100),),
        (Text("字", 20, 20, float("inf")),),
        (Text("字", 20, 20, 100, leading=1e9),),
        (Text("字", 20, 20, 100, colour="#" * 21),),
    ],
)
def test_what_is_endless_or_no_number_is_not_kept(texts: tuple[Text, ...]) -> None:
    assert not may_be_kept(replace(PLAIN, texts=texts))


def test_pictures_that_may_not_be_used_are_named_and_left_out() -> None:
    design = replace(PLAIN, background_id=1, seal=Seal(200, 140, 40, 2))
    assert why_not_images(design, {1}, {2}) == []
    found = why_not_images(design, {2}, {1})
    assert found == [Finding(Fault.NO_IMAGE, "background"), Finding(Fault.NO_IMAGE, "seal")]
    bare = without_images(design, {one.where for one in found})
    assert bare == replace(PLAIN, seal=Seal(200, 140, 40))


def test_a_sample_says_so_under_its_writing() -> None:
    marked = marked_as_sample(PLAIN)
    assert marked.texts[0].text == "样 张"
    assert marked.texts[1:] == PLAIN.texts


def test_a_title_like_one_that_is_taken_gets_a_number() -> None:
    assert free_title("结业证书", (), 80) == "结业证书"
    assert free_title("结业证书", {"结业证书", "结业证书（2）"}, 80) == "结业证书（3）"
    assert free_title("证" * 80, {"证" * 80}, 80) == "证" * 77 + "（2）"
