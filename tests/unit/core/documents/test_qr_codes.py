"""QR codes are read by a decoder that is not ours, at every size."""

from __future__ import annotations

import random
import string

import numpy as np
import pytest
import zxingcpp

from app.core.documents.qr_codes import TooLong, qr_rows

LETTERS = string.ascii_letters + string.digits + ":/?#%-_="
LARGEST = 2331  # bytes, of version 40 at level M


def text(length: int) -> str:
    return "".join(random.Random(length).choices(LETTERS, k=length))


def decoded(rows: list[str]) -> str:
    modules = np.array([[255 * (sign == "0") for sign in row] for row in rows], np.uint8)
    drawn = np.pad(np.kron(modules, np.ones((3, 3), np.uint8)), 12, constant_values=255)
    (found,) = zxingcpp.read_barcodes(drawn)
    return found.text


# Either side of where the length takes two bytes, the version is named, blocks differ, bits are left over.
@pytest.mark.parametrize(
    "length", [1, 14, 15, 106, 107, 180, 181, 213, 214, 453, 504, 1000, LARGEST]
)
def test_a_decoder_reads_what_was_written(length: int) -> None:
    assert decoded(qr_rows(text(length))) == text(length)


def test_is_as_small_as_the_standard_allows_and_refuses_what_none_holds() -> None:
    assert [len(qr_rows(text(length))) for length in (14, 15, 504, LARGEST)] == [21, 25, 85, 177]
    with pytest.raises(TooLong):
        qr_rows(text(LARGEST + 1))
