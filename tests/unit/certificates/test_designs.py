"""How certificates look: what a design may be, and that the ready-made ones are good."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from app.domain.certificates.rendering import render_certificates, unprintable
from app.domain.certificates.rules.designs import (
    Design,
    Fault,
    Finding,
    Orientation,
    PaperFacts,
    QrCode,
    Seal,
    Text,
    as_data,
    filled,
    from_data,
    values_of,
    why_not_design,
)
from migrations.ready_made_certificates import READY_MADE

GOOD = Design(
    Orientation.LANDSCAPE,
    (Text("{number}", 20, 20, 100), Text("{name}同志", 20, 60, 200)),
    seal=Seal(200, 140),
    qr=QrCode(20, 150),
)
PAPER = PaperFacts(
    name="李㛃梅",
    number="临教培〔2023〕第0001号",
    address="https://example.org/verify/x?code=0123456789AB",
    issued_on=date(2023, 3, 10),
    issuer="临沧市教育体育局",
    title="骨干教师培训",
    started_on=date(2023, 3, 1),
    ended_on=date(2023, 3, 3),
    hours=Decimal("24.0"),
)


def test_a_good_design_has_no_fault_and_comes_back_from_its_data() -> None:
    assert why_not_design(GOOD) == []
    assert from_data(as_data(GOOD)) == GOOD


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        (
            {"texts": (*GOOD.texts, Text("{age}岁", 20, 90, 100))},
            Finding(Fault.UNKNOWN_PLACEHOLDER, "text", 2, "age"),
        ),
        (
            {"texts": (*GOOD.texts, Text("{name", 20, 90, 100))},
            Finding(Fault.OPEN_BRACE, "text", 2),
        ),
        (
            {"texts": (*GOOD.texts, Text("右", 280, 90, 100))},
            Finding(Fault.OUT_OF_PAGE, "text", 2),
        ),
        ({"texts": (*GOOD.texts, Text(" ", 20, 90, 100))}, Finding(Fault.EMPTY_TEXT, "text", 2)),
        (
            {"texts": (*GOOD.texts, Text("大", 20, 90, 100, 200.0))},
            Finding(Fault.BAD_SIZE, "text", 2),
        ),
        (
            {"texts": (*GOOD.texts, Text("色", 20, 90, 100, colour="red"))},
            Finding(Fault.BAD_COLOUR, "text", 2, "red"),
        ),
        ({"texts": (Text("{name}", 20, 60, 200),)}, Finding(Fault.NO_NUMBER)),
        ({"texts": (Text("{number}", 20, 60, 200),)}, Finding(Fault.NO_NAME)),
        ({"qr": None}, Finding(Fault.NO_QR, "qr")),
        ({"qr": QrCode(190, 140)}, Finding(Fault.QR_COVERED, "qr")),
        ({"qr": QrCode(20, 150, 10)}, Finding(Fault.BAD_SIZE, "qr")),
        ({"seal": Seal(280, 140)}, Finding(Fault.OUT_OF_PAGE, "seal")),
    ],
)
def test_names_what_keeps_a_design_from_being_used(
    changed: dict[str, object], finding: Finding
) -> None:
    assert why_not_design(replace(GOOD, **changed)) == [finding]


def test_what_is_filled_in_is_never_looked_at_for_placeholders() -> None:
    values = values_of(replace(PAPER, name="{number}"))
    assert filled("{ name }共{hours}学时", values) == "{number}共24学时"


@pytest.mark.parametrize("made", READY_MADE, ids=lambda made: str(made[0]))
def test_the_ready_made_designs_are_good_and_print_rare_names(
    made: tuple[str, str, dict[str, object]],
) -> None:
    design = from_data(made[2])
    assert why_not_design(design) == []
    assert unprintable(design, replace(PAPER, name="䶮㛃𬭎𠅤")) == frozenset()
    assert render_certificates(design, {}, [PAPER, PAPER]).startswith(b"%PDF")


def test_names_a_character_that_the_font_lacks() -> None:
    assert unprintable(GOOD, replace(PAPER, name="李\U0002fa1f\ue000")) >= {"\ue000"}
