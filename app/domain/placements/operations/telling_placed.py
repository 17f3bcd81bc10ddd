"""Tell everybody whom placements concern: trainee, mentor, base school, nominating unit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from app.domain.placements.models import Cohort, Placement
from app.domain.placements.telling import cohort_page, placement_page, tell_people, tell_unit
from app.domain.units.models import Unit

NAMED = 20


def tell_placed(cohort: Cohort, placements: Sequence[Placement]) -> None:
    """One notice to each trainee and per trainee to each mentor; one to each base school and nominating unit."""
    coming: dict[Unit, list[str]] = defaultdict(list)
    going: dict[Unit, list[str]] = defaultdict(list)
    for placement in placements:
        stay = placement.stays[-1]
        name = placement.person.name
        coming[stay.base_school].append(name)
        going[placement.nominating_unit].append(name)
        facts = {
            "title": cohort.title,
            "name": name,
            "school": stay.base_school.name,
            "mentor": stay.mentor.person.name if stay.mentor else "–",
            "starts": placement.starts_on.isoformat(),
            "ends": placement.ends_on.isoformat(),
        }
        link = placement_page(placement.id)
        tell_people([placement.person_id], "placements.placed", facts, link=link)
        if stay.mentor is not None:
            tell_people([stay.mentor.person_id], "placements.trainee_assigned", facts, link=link)
    term = {
        "title": cohort.title,
        "starts": cohort.starts_on.isoformat(),
        "ends": cohort.ends_on.isoformat(),
    }
    link = cohort_page(cohort.id)
    for unit, names in coming.items():
        tell_unit(unit, "placements.trainees_come", term | {"names": _listed(names)}, link=link)
    for unit, names in going.items():
        tell_unit(unit, "placements.nominees_placed", term | {"names": _listed(names)}, link=link)


def _listed(names: Sequence[str]) -> str:
    more = "…" if len(names) > NAMED else ""
    return "、".join(names[:NAMED]) + more
