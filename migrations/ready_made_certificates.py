"""The ready-made templates of certificates as they came with migration 0006: in millimetres, type in points.

A change of them is another version in another migration; these stay as certificates were printed with them.
"""

from __future__ import annotations

from typing import Any

_RED, _GOLD, _BLUE = "#b3282d", "#8a5f14", "#2b5c8a"


def _text(text: str, x: float, y: float, width: float, size: float, **look: Any) -> dict[str, Any]:
    usual = {
        "height": 0.0,
        "align": "left",
        "weight": "regular",
        "colour": "#000000",
        "spacing": 0.0,
        "leading": 1.6,
        "indent": False,
    }
    return {"text": text, "x": x, "y": y, "width": width, "size": size, **usual, **look}


def _body(
    text: str, x: float, y: float, width: float, size: float, height: float
) -> dict[str, Any]:
    return _text(text, x, y, width, size, height=height, align="justify", leading=1.9, indent=True)


def _landscape(
    head: str, size: float, colour: str, frame: str, body: str, body_size: float
) -> dict[str, Any]:
    return {
        "orientation": "landscape",
        "texts": [
            _text(
                head,
                38.0,
                32.0,
                221.0,
                size,
                align="center",
                weight="bold",
                colour=colour,
                spacing=0.3,
            ),
            _text("证书编号：{number}", 137.0, 58.0, 122.0, 12.0, align="right"),
            _body(body, 38.0, 72.0, 221.0, body_size, 72.0),
            _text("{issuer}", 157.0, 158.0, 100.0, 17.0, height=9.0, align="center"),
            _text("{issued_on}", 157.0, 169.0, 100.0, 15.0, align="center"),
            _text("扫码核验真伪", 38.0, 184.0, 38.0, 8.0, align="center", colour="#555555"),
        ],
        "frame": frame,
        "background_id": None,
        "seal": {"x": 187.0, "y": 142.0, "size": 40.0, "image_id": None},
        "qr": {"x": 38.0, "y": 146.0, "size": 38.0},
    }


def _portrait(head: str, colour: str, frame: str, body: str) -> dict[str, Any]:
    return {
        "orientation": "portrait",
        "texts": [
            _text(
                head,
                25.0,
                44.0,
                160.0,
                40.0,
                align="center",
                weight="bold",
                colour=colour,
                spacing=0.3,
            ),
            _text("证书编号：{number}", 30.0, 72.0, 150.0, 12.0, align="right"),
            _body(body, 30.0, 90.0, 150.0, 18.0, 110.0),
            _text("{issuer}", 90.0, 216.0, 90.0, 16.0, height=9.0, align="center"),
            _text("{issued_on}", 90.0, 227.0, 90.0, 15.0, align="center"),
            _text("扫码核验真伪", 30.0, 252.0, 38.0, 8.0, align="center", colour="#555555"),
        ],
        "frame": frame,
        "background_id": None,
        "seal": {"x": 115.0, "y": 200.0, "size": 40.0, "image_id": None},
        "qr": {"x": 30.0, "y": 213.0, "size": 38.0},
    }


# code (and kind), title, design
READY_MADE: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "completion",
        "结业证书",
        _landscape(
            "结业证书",
            46.0,
            _RED,
            "engraved_red",
            "{name}同志（身份证号{id_number}）于{from}至{until}参加{title}{cohort}，"
            "完成规定内容，共{hours}学时，经考核合格，准予结业。\n特发此证。",
            20.0,
        ),
    ),
    (
        "hours",
        "学时证明",
        _portrait(
            "学时证明",
            _BLUE,
            "engraved_blue",
            "兹证明{name}同志（身份证号{id_number}，工作单位：{unit}）于{from}至{until}"
            "参加{title}{cohort}，经考核合格，共计{hours}学时（每学时45分钟）。\n特此证明。",
        ),
    ),
    (
        "lead_teacher",
        "带头人证书",
        _landscape(
            "心理健康教育带头人证书",
            34.0,
            _GOLD,
            "engraved_gold",
            "{name}同志（身份证号{id_number}，{unit}）：\n"
            "经跟岗培训并考核合格，确认为心理健康教育带头人。\n特发此证。",
            22.0,
        ),
    ),
    (
        "excellent",
        "优秀学员证书",
        _landscape(
            "荣誉证书",
            46.0,
            _RED,
            "engraved_red",
            "{name}同志（{unit}）在{from}至{until}举办的{title}{cohort}中学习认真、成绩优秀，"
            "被评为优秀学员。\n特发此证，以资鼓励。",
            22.0,
        ),
    ),
)
