"""Borders of certificates, drawn as by an engraver: waves woven into one another, a rosette in each corner."""

from __future__ import annotations

import math

_EDGE = 8.0  # mm from the edge of the paper to the border
_BAND = 11.0  # mm, its breadth
_WAVE = 11.0  # mm, about the length of a wave
_STRANDS = 7
_UNIT = 0.05  # mm, as fine as waves are drawn
_BEND = 0.3642  # where a curve bends to be as good as half a wave of the cosine


def engraved_frame(width: float, height: float, colour: str, ground: str) -> bytes:
    """An engraved border around a page of so many millimetres, on a tinted ground, as SVG."""
    inner = _EDGE + _BAND
    parts = [
        f'<rect width="{width}" height="{height}" fill="#ffffff" stroke="none"/>',
        _box(_EDGE - 1.8, width, height, 0.35),
        _box(_EDGE - 0.6, width, height, 0.9),
        f'<rect x="{inner}" y="{inner}" width="{width - 2 * inner}" height="{height - 2 * inner}" fill="{ground}"/>',
        _watermark(width, height, colour),
        *_sides(width, height),
        _box(inner + 0.6, width, height, 0.9),
        _box(inner + 1.9, width, height, 0.3),
        *_corners(width, height),
    ]
    return _svg(width, height, colour, parts)


def lined_frame(width: float, height: float, colour: str) -> bytes:
    """A broad line and a thin one within."""
    return _svg(
        width, height, colour, [_box(10, width, height, 1.2), _box(12, width, height, 0.35)]
    )


def _svg(width: float, height: float, colour: str, parts: list[str]) -> bytes:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}mm" height="{height}mm" '
        f'viewBox="0 0 {width} {height}"><g fill="none" stroke="{colour}">{"".join(parts)}</g></svg>'
    ).encode()


def _box(inset: float, width: float, height: float, stroke: float) -> str:
    return (
        f'<rect x="{inset:.2f}" y="{inset:.2f}" width="{width - 2 * inset:.2f}" '
        f'height="{height - 2 * inset:.2f}" stroke-width="{stroke}"/>'
    )


def _sides(width: float, height: float) -> list[str]:
    """The woven band along each side, between the corners."""
    start, middle = _EDGE + _BAND, _EDGE + _BAND / 2
    across, down = width - 2 * start, height - 2 * start
    return [
        _band(f"translate({start} {middle})", across),
        _band(f"translate({start} {height - middle})", across),
        _band(f"translate({middle} {start}) rotate(90)", down),
        _band(f"translate({width - middle} {start}) rotate(90)", down),
    ]


def _band(transform: str, length: float) -> str:
    waves = max(round(length / _WAVE), 1)
    strands = [
        _strand(length, waves, number / _STRANDS, 0.46 * _BAND) for number in range(_STRANDS)
    ]
    fine = [_strand(length, waves * 2, number / 4, 0.2 * _BAND) for number in range(4)]
    return (
        f'<g transform="{transform} scale({_UNIT})"><path stroke-width="{0.22 / _UNIT:g}" d="{"".join(strands)}"/>'
        f'<path stroke-width="{0.16 / _UNIT:g}" d="{"".join(fine)}"/></g>'
    )


def _strand(length: float, waves: int, phase: float, reach: float) -> str:
    """A wave along the band, one curve from each crest to the next trough.

    It begins and ends outside the band by half a wave at most, under the corners. Whole numbers, and few, keep every
    paper small.
    """
    half = length / waves / 2 / _UNIT
    reach /= _UNIT
    first = -math.ceil(2 * phase)
    drawn: list[str] = []
    for number in range(first, first + 2 * waves + 1):
        x, up = (number + 2 * phase) * half, reach if number % 2 else -reach
        if not drawn:
            drawn.append(f"M{x:.0f} {up:.0f}")
        near, far = x + _BEND * half, x + (1 - _BEND) * half
        drawn.append(f"C{near:.0f} {up:.0f} {far:.0f} {-up:.0f} {x + half:.0f} {-up:.0f}")
    return "".join(drawn)


def _corners(width: float, height: float) -> list[str]:
    near = _EDGE + _BAND / 2
    rosette = _rosette(_BAND / 2 + 0.4, 12, 0.42) + _rosette(_BAND / 3.2, 8, 0.5)
    return [
        f'<g transform="translate({x} {y})"><rect x="{-_BAND / 2}" y="{-_BAND / 2}" width="{_BAND}" height="{_BAND}" '
        f'fill="#ffffff" stroke-width=".5"/><path stroke-width=".24" d="{rosette}"/></g>'
        for x in (near, width - near)
        for y in (near, height - near)
    ]


def _watermark(width: float, height: float, colour: str) -> str:
    """A large rosette in the middle, so pale that writing over it stays black on white."""
    reach = min(width, height) * 0.3
    path = "".join(_rosette(reach * part, 24, 0.34) for part in (1.0, 0.72, 0.46))
    return (
        f'<path transform="translate({width / 2} {height / 2})" stroke="{colour}" stroke-opacity=".16" '
        f'stroke-width=".25" d="{path}"/>'
    )


def _rosette(reach: float, petals: int, depth: float) -> str:
    """Two wreaths of petals, one turned by half a petal against the other."""
    return "".join(_wreath(reach, petals, depth, shift) for shift in (0.0, math.pi))


def _wreath(reach: float, petals: int, depth: float, shift: float) -> str:
    points = petals * 12
    drawn = []
    for number in range(points):
        turn = 2 * math.pi * number / points
        radius = reach * (1 - depth * (0.5 + 0.5 * math.cos(petals * turn + shift)))
        drawn.append(f"{radius * math.cos(turn):.2f} {radius * math.sin(turn):.2f}")
    return f"M{'L'.join(drawn)}Z"
