"""A source of figures: its select, and what a list shows of each row."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from app.domain.statistics.expressions import Selection
from app.domain.statistics.frame import Rules


class Detail(enum.StrEnum):
    """A further column of a list, by the name the source gives it; pages know its heading."""

    STAGE = "stage"
    ROOMS = "rooms"
    ROOM_AREA = "room_area"
    HAS_COUNSELOR = "has_counselor"
    ROLE = "role"
    HOLDER = "holder"
    CREDENTIAL_KIND = "credential_kind"
    NUMBER = "number"
    BASIS = "basis"
    LEAD_TEACHERS = "lead_teachers"
    STUDIO = "studio"
    TITLE = "title"
    LEVEL = "level"
    STARTED_ON = "started_on"
    HOURS = "hours"
    TIMES = "times"


class DayMeans(enum.StrEnum):
    """What the date of a row is."""

    RETURNED = "returned"
    POSTED = "posted"
    RECRUITED = "recruited"
    ISSUED = "issued"
    DESIGNATED = "designated"
    FOUNDED = "founded"
    JOINED = "joined"
    ENDED = "ended"


@dataclass(frozen=True)
class Source:
    """Rows of ``row_id`` (unique), ``unit_id`` (where it counts), ``person_id``, ``day``, and the details.

    ``label``: the column that names the row where it is no person.
    """

    name: str
    select: Callable[[Rules], Selection]
    day: DayMeans
    details: tuple[Detail, ...]
    label: str | None = None
