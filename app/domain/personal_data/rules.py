"""What of two records of one person may be chosen, and what two overlapping periods become."""

from __future__ import annotations

from datetime import date

# Fields an officer chooses between; each with the columns that go together.
FIELD_COLUMNS: dict[str, tuple[str, ...]] = {
    "name": ("name", "name_key", "sort_key", "initials"),
    "id_number": ("id_number_sealed", "id_number_index"),
    "phone": ("phone_sealed", "phone_index"),
    "sex": ("sex",),
    "born_on": ("born_on",),
    "ethnicity": ("ethnicity",),
    "email": ("email",),
    "education": ("education",),
    "graduated_from": ("graduated_from",),
    "major": ("major",),
    "work_began_on": ("work_began_on",),
    "note": ("note",),
    "registered_unit": ("registered_unit_id",),
}
Days = tuple[date, date | None]


def union(one: Days, other: Days) -> Days:
    """From the earlier beginning to the later end of two periods that share a day; None is no end."""
    until = None if one[1] is None or other[1] is None else max(one[1], other[1])
    return min(one[0], other[0]), until
