"""Who lacks what today: schools, counties and counselors with something missing, from the sources of the figures.

So "schools" less "schools without a counselor" is "schools with a counselor" of the ledger, to the row.
"""

from app.domain.statistics.gaps.counting import (
    Counts,
    Overview,
    count_gaps,
    count_schools_without_counselor,
    list_divisions,
)
from app.domain.statistics.gaps.kinds import (
    PERSON_GAPS,
    SCHOOL_GAPS,
    UNIT_GAPS,
    Gap,
    gaps_frame,
    hours_wanted,
)
from app.domain.statistics.gaps.lists import (
    LackingPerson,
    list_counties_without_lead_teacher,
    list_lacking_people,
    list_lacking_units,
)

__all__ = [
    "PERSON_GAPS",
    "SCHOOL_GAPS",
    "UNIT_GAPS",
    "Counts",
    "Gap",
    "LackingPerson",
    "Overview",
    "count_gaps",
    "count_schools_without_counselor",
    "gaps_frame",
    "hours_wanted",
    "list_counties_without_lead_teacher",
    "list_divisions",
    "list_lacking_people",
    "list_lacking_units",
]
