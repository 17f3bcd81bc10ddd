"""Designs while they are made: what a new one begins with, what may be kept, how a faulty one is looked at."""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from decimal import Decimal

from app.domain.certificates.rules.designs import (
    LARGEST_QR,
    LARGEST_SEAL,
    LARGEST_TYPE,
    LONG_SIDE,
    LONGEST_TEXT,
    MOST_TEXTS,
    PLACEHOLDERS,
    SMALLEST_QR,
    SMALLEST_SEAL,
    SMALLEST_TYPE,
    Align,
    Design,
    Fault,
    Finding,
    Frame,
    Orientation,
    PaperFacts,
    QrCode,
    Seal,
    Text,
    Weight,
    is_colour,
    with_placeholders,
)

MOST_MILLIMETRES = 1000.0
LONGEST_COLOUR = 20
NEXT_TEXT = 8.0  # mm below, and to the right of, what it is a copy of
_SAMPLE_MARK = "样 张"
_INK = "#000000"
_PALE = "#e3e3e3"


def starter(orientation: Orientation, heading: str) -> Design:
    """A sheet that could be issued as it is: heading, number, the usual sentence, issuer, day, seal, QR code."""
    body = (
        "{name}同志（身份证号{id_number}）于{from}至{until}参加{title}{cohort}，"
        "完成规定内容，共{hours}学时，经考核合格。\n特发此证。"
    )
    width, height = Design(orientation).page
    side = 38.0 if orientation is Orientation.LANDSCAPE else 30.0
    inner, foot = width - 2 * side, height - 52.0
    return Design(
        orientation,
        (
            Text(heading, side, 34.0, inner, 44.0, 0.0, Align.CENTER, Weight.BOLD, spacing=0.3),
            Text("证书编号：{number}", side, 62.0, inner, 12.0, align=Align.RIGHT),
            Text(
                body, side, 78.0, inner, 20.0, foot - 84.0, Align.JUSTIFY, leading=1.9, indent=True
            ),
            Text("{issuer}", width - side - 100.0, foot, 100.0, 17.0, 9.0, Align.CENTER),
            Text("{issued_on}", width - side - 100.0, foot + 11.0, 100.0, 15.0, align=Align.CENTER),
        ),
        Frame.LINES,
        seal=Seal(width - side - 70.0, foot - 16.0),
        qr=QrCode(side, foot - 10.0, 36.0),
    )


def new_text(design: Design) -> Text:
    """A text to begin with, below the others where there is room."""
    lowest = max((one.y for one in design.texts), default=0.0) + NEXT_TEXT
    width, height = design.page
    return Text("文字", 30.0, min(lowest, height - 20.0), width - 60.0)


def with_copy(design: Design, index: int) -> Design:
    """The design with a text once more, a little lower."""
    text = design.texts[index]
    again = replace(text, y=min(text.y + NEXT_TEXT, design.page[1] - 10.0))
    return replace(design, texts=(*design.texts[: index + 1], again, *design.texts[index + 1 :]))


def without(design: Design, index: int) -> Design:
    """The design without a text."""
    return replace(design, texts=(*design.texts[:index], *design.texts[index + 1 :]))


def may_be_kept(design: Design) -> bool:
    """Whether a draft may be stored: faulty it may be, but neither endless nor of numbers that are none."""
    bounded = len(design.texts) <= MOST_TEXTS and all(
        len(one.text) <= LONGEST_TEXT and len(one.colour) <= LONGEST_COLOUR for one in design.texts
    )
    return bounded and all(
        math.isfinite(one) and abs(one) <= MOST_MILLIMETRES for one in _numbers(design)
    )


def _numbers(design: Design) -> list[float]:
    numbers: list[float] = []
    for text in design.texts:
        numbers += (text.x, text.y, text.width, text.height)
        numbers += (text.size, text.spacing, text.leading)
    for square in (design.seal, design.qr):
        if square is not None:
            numbers += (square.x, square.y, square.size)
    return numbers


def drawable(design: Design, images: Collection[int]) -> Design:
    """The design as near to what was meant as it can be drawn: a look at it shows what is wrong.

    ``images``: those there are. What no placeholder is stands there as it was written.
    """
    seal, qr = design.seal, design.qr
    if seal is not None:
        image = seal.image_id if seal.image_id in images else None
        size = _between(SMALLEST_SEAL, seal.size, LARGEST_SEAL)
        seal = replace(seal, size=size, image_id=image)
    if qr is not None:
        qr = replace(qr, size=_between(SMALLEST_QR, qr.size, LARGEST_QR))
    return replace(
        design,
        texts=tuple(_drawable(one) for one in design.texts[:MOST_TEXTS]),
        background_id=design.background_id if design.background_id in images else None,
        seal=seal,
        qr=qr,
    )


def _drawable(text: Text) -> Text:
    return replace(
        text,
        text=with_placeholders(text.text[:LONGEST_TEXT], _known_or_written),
        width=_between(1.0, text.width, LONG_SIDE),
        height=max(text.height, 0.0),
        size=_between(SMALLEST_TYPE, text.size, LARGEST_TYPE),
        spacing=_between(0.0, text.spacing, 5.0),
        leading=_between(1.0, text.leading, 4.0),
        colour=text.colour if is_colour(text.colour) else _INK,
    )


def _known_or_written(word: str) -> str:
    return f"{{{word}}}" if word in PLACEHOLDERS else f"｛{word}｝"


def _between(least: float, number: float, most: float) -> float:
    return min(max(number, least), most)


def marked_as_sample(design: Design) -> Design:
    """The design with 样张 under its writing, so that nobody takes a look at it for a certificate."""
    width, height = design.page
    mark = Text(
        _SAMPLE_MARK, 0.0, height / 2 - 17.0, width, LARGEST_TYPE, align=Align.CENTER, colour=_PALE
    )
    return replace(design, texts=(mark, *design.texts))


def why_not_images(
    design: Design, backgrounds: Collection[int], seals: Collection[int]
) -> list[Finding]:
    """The pictures of a design that are not there, or that its unit may not use."""
    found = []
    if design.background_id is not None and design.background_id not in backgrounds:
        found.append(Finding(Fault.NO_IMAGE, "background"))
    seal = design.seal.image_id if design.seal is not None else None
    if seal is not None and seal not in seals:
        found.append(Finding(Fault.NO_IMAGE, "seal"))
    return found


def without_images(design: Design, missing: Collection[str]) -> Design:
    """The design without its background or the picture of its seal, whichever ``missing`` names."""
    if "background" in missing:
        design = replace(design, background_id=None)
    if "seal" in missing and design.seal is not None:
        design = replace(design, seal=replace(design.seal, image_id=None))
    return design


def free_title(wanted: str, taken: Collection[str], longest: int) -> str:
    """A title like the one wanted that nobody bears: 结业证书, 结业证书（2）…"""
    if wanted not in taken:
        return wanted
    for number in range(2, len(taken) + 3):
        suffix = f"（{number}）"
        title = wanted[: longest - len(suffix)] + suffix
        if title not in taken:
            return title
    raise AssertionError("there are more numbers than titles")


def sample_paper(day: date, issuer: str, kind: str, address: str) -> PaperFacts:
    """An invented certificate to look at a design with."""
    return PaperFacts(
        name="李春燕",
        number=f"样张〔{day.year}〕第0001号",
        address=address,
        issued_on=day,
        issuer=issuer,
        kind=kind,
        title="心理健康教育骨干教师培训",
        id_number="530998********0028",
        unit="和平镇中心小学",
        started_on=date(day.year, 3, 1),
        ended_on=date(day.year, 3, 5),
        cohort="第二期",
        hours=Decimal(40),
        result="合格",
    )
