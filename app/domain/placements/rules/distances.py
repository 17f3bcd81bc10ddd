"""How far apart two units lie: along the great circle between their seats."""

from __future__ import annotations

from collections.abc import Mapping
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0


def kilometres(first: tuple[float, float], second: tuple[float, float]) -> float:
    """Between two places given as latitude and longitude in degrees."""
    (lat1, lon1), (lat2, lon2) = first, second
    half = (
        sin(radians(lat2 - lat1) / 2) ** 2
        + cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * asin(sqrt(half))


def place_of(path: str, places: Mapping[int, tuple[float, float]]) -> tuple[float, float] | None:
    """Where a unit lies: its own place, else that of the nearest unit above it (path like ``/1/5/17/``)."""
    for part in reversed([part for part in path.split("/") if part]):
        if place := places.get(int(part)):
            return place
    return None
