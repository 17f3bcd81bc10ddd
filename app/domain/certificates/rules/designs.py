"""How a certificate looks: texts with placeholders, background, seal and QR code on one A4 page, in millimetres."""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.core.text import plain_number

LONG_SIDE, SHORT_SIDE = 297.0, 210.0
MOST_TEXTS = 30
LONGEST_TEXT = 600
SMALLEST_TYPE, LARGEST_TYPE = 6.0, 96.0
SMALLEST_QR, LARGEST_QR = 24.0, 80.0  # below, a phone does not read the signature in it off paper
SMALLEST_SEAL, LARGEST_SEAL = 10.0, 80.0
PLACEHOLDERS = (
    *("name", "id_number", "unit", "title", "from", "until", "cohort", "hours"),
    *("result", "number", "issued_on", "issuer", "kind"),
)
_PLACEHOLDER = re.compile(r"\{([^{}\n]*)\}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")


class Orientation(enum.StrEnum):
    LANDSCAPE = "landscape"
    PORTRAIT = "portrait"


class Align(enum.StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    JUSTIFY = "justify"


class Weight(enum.StrEnum):
    REGULAR = "regular"
    BOLD = "bold"


class Frame(enum.StrEnum):
    """What is drawn around the page where no background picture is: nothing, lines, or an engraved border."""

    NONE = "none"
    LINES = "lines"
    ENGRAVED_RED = "engraved_red"
    ENGRAVED_GOLD = "engraved_gold"
    ENGRAVED_BLUE = "engraved_blue"
    ENGRAVED_GREEN = "engraved_green"


@dataclass(frozen=True, slots=True)
class Text:
    """A text; x and y are of its upper left corner. ``height``: smaller type when it gets no room in it, 0 for never.

    ``size`` in points, ``spacing`` between characters and ``leading`` (line to line) in sizes of the type.
    """

    text: str
    x: float
    y: float
    width: float
    size: float = 16.0
    height: float = 0.0
    align: Align = Align.LEFT
    weight: Weight = Weight.REGULAR
    colour: str = "#000000"
    spacing: float = 0.0
    leading: float = 1.6
    indent: bool = False


@dataclass(frozen=True, slots=True)
class Seal:
    """Where the seal goes. Without a picture nothing is printed there: it is stamped by hand."""

    x: float
    y: float
    size: float = 40.0
    image_id: int | None = None


@dataclass(frozen=True, slots=True)
class QrCode:
    x: float
    y: float
    size: float = 30.0


@dataclass(frozen=True, slots=True)
class Design:
    orientation: Orientation
    texts: tuple[Text, ...] = ()
    frame: Frame = Frame.NONE
    background_id: int | None = None
    seal: Seal | None = None
    qr: QrCode | None = None

    @property
    def page(self) -> tuple[float, float]:
        """Width and height."""
        if self.orientation is Orientation.LANDSCAPE:
            return LONG_SIDE, SHORT_SIDE
        return SHORT_SIDE, LONG_SIDE

    @property
    def image_ids(self) -> frozenset[int]:
        """The pictures it needs."""
        seal = self.seal.image_id if self.seal is not None else None
        return frozenset(one for one in (self.background_id, seal) if one is not None)


@dataclass(frozen=True, slots=True)
class PaperFacts:
    """What one certificate says. ``unit``: the school as it was called; ``address``: what the QR code holds."""

    name: str
    number: str
    address: str
    issued_on: date
    issuer: str
    kind: str = ""
    title: str = ""
    id_number: str = ""
    unit: str = ""
    started_on: date | None = None
    ended_on: date | None = None
    cohort: str = ""
    hours: Decimal | None = None
    result: str = ""


class Fault(enum.StrEnum):
    """Why a design cannot be used."""

    NO_TEXT = "no_text"
    TOO_MANY_TEXTS = "too_many_texts"
    EMPTY_TEXT = "empty_text"
    LONG_TEXT = "long_text"
    UNKNOWN_PLACEHOLDER = "unknown_placeholder"
    OPEN_BRACE = "open_brace"
    OUT_OF_PAGE = "out_of_page"
    BAD_SIZE = "bad_size"
    BAD_COLOUR = "bad_colour"
    NO_NUMBER = "no_number"
    NO_NAME = "no_name"
    NO_QR = "no_qr"
    QR_COVERED = "qr_covered"
    NO_IMAGE = "no_image"
    UNPRINTABLE = "unprintable"


@dataclass(frozen=True, slots=True)
class Finding:
    """``where``: "text", "background", "seal", "qr" or "page"; ``index``: which text, from 0; ``what``: the word that
    is wrong, or the characters.
    """

    fault: Fault
    where: str = "page"
    index: int | None = None
    what: str = ""


def why_not_design(design: Design) -> list[Finding]:
    """Everything that keeps a design from being used; none when it is good."""
    return [*_of_texts(design), *_of_seal(design), *_of_qr(design), *_missing(design)]


def placeholders_in(text: str) -> list[str]:
    """What stands in braces, known or not, in order."""
    return [found.strip() for found in _PLACEHOLDER.findall(text)]


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; what is filled in is never looked at for placeholders again."""
    return with_placeholders(text, values.__getitem__)


def with_placeholders(text: str, word_for: Callable[[str], str]) -> str:
    """The text with something else for each placeholder, known or not."""
    return _PLACEHOLDER.sub(lambda found: word_for(found[1].strip()), text)


def is_colour(text: str) -> bool:
    """Whether it is a colour as #1a2b3c."""
    return _COLOUR.fullmatch(text) is not None


def values_of(paper: PaperFacts) -> dict[str, str]:
    """What stands for each placeholder on this certificate."""
    return {
        "name": paper.name,
        "id_number": paper.id_number,
        "unit": paper.unit,
        "title": paper.title,
        "from": day_words(paper.started_on),
        "until": day_words(paper.ended_on),
        "cohort": paper.cohort,
        "hours": plain_number(paper.hours),
        "result": paper.result,
        "number": paper.number,
        "issued_on": day_words(paper.issued_on),
        "issuer": paper.issuer,
        "kind": paper.kind,
    }


def day_words(day: date | None) -> str:
    return "" if day is None else f"{day.year}年{day.month}月{day.day}日"


def as_data(design: Design) -> dict[str, Any]:
    """The design as JSON keeps it."""
    return asdict(design)


def from_data(data: Mapping[str, Any]) -> Design:
    """The design from what ``as_data`` made."""
    seal, qr = data.get("seal"), data.get("qr")
    return Design(
        orientation=Orientation(data["orientation"]),
        texts=tuple(
            Text(**{**one, "align": Align(one["align"]), "weight": Weight(one["weight"])})
            for one in data["texts"]
        ),
        frame=Frame(data["frame"]),
        background_id=data["background_id"],
        seal=Seal(**seal) if seal else None,
        qr=QrCode(**qr) if qr else None,
    )


def _of_texts(design: Design) -> Iterator[Finding]:
    if not design.texts:
        yield Finding(Fault.NO_TEXT)
    if len(design.texts) > MOST_TEXTS:
        yield Finding(Fault.TOO_MANY_TEXTS)
    for index, one in enumerate(design.texts):
        for fault, what in (*_of_words(one.text), *_of_shape(one, design.page)):
            yield Finding(fault, "text", index, what)


def _of_words(text: str) -> Iterator[tuple[Fault, str]]:
    if not text.strip():
        yield Fault.EMPTY_TEXT, ""
    if len(text) > LONGEST_TEXT:
        yield Fault.LONG_TEXT, ""
    for word in placeholders_in(text):
        if word not in PLACEHOLDERS:
            yield Fault.UNKNOWN_PLACEHOLDER, word
    rest = _PLACEHOLDER.sub("", text)
    if "{" in rest or "}" in rest:
        yield Fault.OPEN_BRACE, ""


def _of_shape(text: Text, page: tuple[float, float]) -> Iterator[tuple[Fault, str]]:
    if not _inside(text.x, text.y, text.width, max(text.height, text.size * 0.353), page):
        yield Fault.OUT_OF_PAGE, ""
    fits = SMALLEST_TYPE <= text.size <= LARGEST_TYPE and text.height >= 0
    if not (fits and 1 <= text.leading <= 4 and 0 <= text.spacing <= 5):
        yield Fault.BAD_SIZE, ""
    if not is_colour(text.colour):
        yield Fault.BAD_COLOUR, text.colour


def _of_seal(design: Design) -> Iterator[Finding]:
    seal = design.seal
    if seal is None:
        return
    if not SMALLEST_SEAL <= seal.size <= LARGEST_SEAL:
        yield Finding(Fault.BAD_SIZE, "seal")
    if not _inside(seal.x, seal.y, seal.size, seal.size, design.page):
        yield Finding(Fault.OUT_OF_PAGE, "seal")


def _of_qr(design: Design) -> Iterator[Finding]:
    qr, seal = design.qr, design.seal
    if qr is None:
        yield Finding(Fault.NO_QR, "qr")
        return
    if not SMALLEST_QR <= qr.size <= LARGEST_QR:
        yield Finding(Fault.BAD_SIZE, "qr")
    if not _inside(qr.x, qr.y, qr.size, qr.size, design.page):
        yield Finding(Fault.OUT_OF_PAGE, "qr")
    if seal is not None and _overlap(qr, seal):
        yield Finding(Fault.QR_COVERED, "qr")


def _missing(design: Design) -> Iterator[Finding]:
    used = {word for one in design.texts for word in placeholders_in(one.text)}
    if "number" not in used:
        yield Finding(Fault.NO_NUMBER)
    if "name" not in used:
        yield Finding(Fault.NO_NAME)


def _inside(x: float, y: float, width: float, height: float, page: tuple[float, float]) -> bool:
    return x >= 0 and y >= 0 and width > 0 and x + width <= page[0] and y + height <= page[1]


def _overlap(one: QrCode, other: Seal) -> bool:
    return abs(one.x + one.size / 2 - other.x - other.size / 2) < (one.size + other.size) / 2 and (
        abs(one.y + one.size / 2 - other.y - other.size / 2) < (one.size + other.size) / 2
    )
