"""QR codes of long addresses, quickly: what all codes of one size share is worked out once, by segno.

A certificate's code holds its proof, some 450 bytes; drawn module by module it took longer than the paper around it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import chain, product, zip_longest
from operator import itemgetter
from typing import Any

import segno
from segno import consts

# Trying all eight masks takes long. Compressed bytes are as good as chance: no mask is better than another for them.
_MASK = 3
_LEVEL = consts.ERROR_LEVEL_M
_BYTES = 0b0100
_PADS = bytes((0xEC, 0x11))
_LAST_SHORT = 9  # the last version that tells the length in one byte
_LARGEST = 40
_TIMING = 6  # the column that pairs of columns leave out
_FIRST_NAMED = 7  # the first version that bears its number
# As ISO/IEC 18004 lists them; segno says nothing of their types.
_BLOCKS: Any = consts.ECC
_DIVISORS: Any = consts.GEN_POLY
_ALIGNMENT: Any = consts.ALIGNMENT_POS


class TooLong(ValueError):
    """The text is longer than any QR code holds."""


def qr_rows(text: str) -> list[str]:
    """The rows of a QR code of level M without its margin, a "1" for each dark module and a "0" for each light one."""
    data = text.encode()
    version = _version_for(len(data))
    frame = _frame(version)
    message = int.from_bytes(_message(_filled(data, version), version), "big") << frame.spare
    bits = f"{message ^ frame.mask:0{frame.size}b}01"
    modules = "".join(frame.placed(bits))
    return [modules[at : at + frame.side] for at in range(0, len(modules), frame.side)]


@dataclass(frozen=True, slots=True)
class _Frame:
    """What codes of a version share. ``size``: bits of the message, ``spare`` of them left over; ``mask``: over them;
    ``placed``: every module, from the masked message and a "0" and a "1" behind it.
    """

    side: int
    size: int
    spare: int
    mask: int
    placed: Callable[[str], tuple[str, ...]]


@cache
def _frame(version: int) -> _Frame:
    made = segno.make("x", version=version, error="m", mask=_MASK, micro=False, boost_error=False)
    modules = [list(row) for row in made.matrix_iter(border=0)]
    order = _order(len(modules))
    places = [[len(order) + module for module in row] for row in modules]
    for number, (y, x) in enumerate(order):
        places[y][x] = number
    mask = "".join("1" if (y + x) % 3 == 0 else "0" for y, x in order)  # that of _MASK
    return _Frame(
        side=len(modules),
        size=len(order),
        spare=len(order) % 8,
        mask=int(mask, 2),
        placed=itemgetter(*chain.from_iterable(places)),
    )


def _order(side: int) -> list[tuple[int, int]]:
    """Where the message goes: pairs of columns from right to left, upwards and downwards in turn."""
    taken = _taken(side)
    columns = [one for one in range(side - 1, -1, -1) if one != _TIMING]
    order = []
    for start in range(0, side - 1, 2):
        rows = range(side) if start % 4 else range(side - 1, -1, -1)
        pair = columns[start : start + 2]
        order += [(y, x) for y in rows for x in pair if (y, x) not in taken]
    return order


def _taken(side: int) -> set[tuple[int, int]]:
    """What is no message: three corners with the format beside them, the timing, where cameras align, the version."""
    version, near, far = (side - 17) // 4, range(9), range(side - 8, side)
    areas = [
        (near, near),
        (near, far),
        (far, near),
        (range(side), [_TIMING]),
        ([_TIMING], range(side)),
    ]
    if version > 1:
        first, *_between, last = places = _ALIGNMENT[version - 2]
        under_corners = {(first, first), (first, last), (last, first)}
        areas += [
            (range(y - 2, y + 3), range(x - 2, x + 3))
            for y, x in product(places, repeat=2)
            if (y, x) not in under_corners
        ]
    if version >= _FIRST_NAMED:
        areas += [(range(6), range(side - 11, side - 8)), (range(side - 11, side - 8), range(6))]
    return {one for rows, columns in areas for one in product(rows, columns)}


def _version_for(length: int) -> int:
    for version in range(1, _LARGEST + 1):
        if length + (2 if version <= _LAST_SHORT else 3) <= _capacity(version):
            return version
    raise TooLong(f"{length} bytes")


@cache
def _capacity(version: int) -> int:
    """How many bytes a version holds beside those that correct errors."""
    return sum(kind.num_blocks * kind.num_data for kind in _BLOCKS[version][_LEVEL])


def _filled(data: bytes, version: int) -> bytes:
    """How it is written and how long it is, the text, four bits for its end; filled up to what the version holds."""
    counted = 8 if version <= _LAST_SHORT else 16
    said = (_BYTES << counted | len(data)) << 8 * len(data) | int.from_bytes(data, "big")
    written = (said << 4).to_bytes(len(data) + counted // 8 + 1, "big")
    missing = _capacity(version) - len(written)
    return written + (_PADS * (missing // 2 + 1))[:missing]


def _message(data: bytes, version: int) -> bytes:
    """The text in blocks, one byte of each in turn; behind it, likewise, what corrects errors in each."""
    blocks, corrections, start = [], [], 0
    for kind in _BLOCKS[version][_LEVEL]:
        for _number in range(kind.num_blocks):
            block = data[start : start + kind.num_data]
            blocks.append(block)
            corrections.append(_correction(block, kind.num_total - kind.num_data))
            start += kind.num_data
    turns = chain(zip_longest(*blocks), zip(*corrections, strict=True))
    return bytes(one for turn in turns for one in turn if one is not None)


def _correction(block: bytes, length: int) -> bytes:
    """So many bytes by Reed and Solomon: what is left of the block when it is divided."""
    multiples, rest, shift, low = _multiples(length), 0, 8 * (length - 1), (1 << 8 * length) - 1
    for one in block:
        rest = (rest << 8 & low) ^ multiples[rest >> shift ^ one]
    return rest.to_bytes(length, "big")


@cache
def _multiples(length: int) -> list[int]:
    """The divisor of this length times each byte."""
    exponents, log, exp = _DIVISORS[length], consts.GALIOS_LOG, consts.GALIOS_EXP
    rows = [bytes(exp[log[byte] + one] for one in exponents) for byte in range(1, 256)]
    return [0, *(int.from_bytes(row, "big") for row in rows)]
