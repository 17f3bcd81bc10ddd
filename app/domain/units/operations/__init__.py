"""Acts on units. Each begins on a day; the history keeps what was before."""

from app.domain.units.operations.facilities import (
    designate_base_school,
    end_base_school,
    put_facility_return,
)
from app.domain.units.operations.lifecycle import close_unit, merge_unit, reopen_unit
from app.domain.units.operations.names import add_alias, name_alias, remove_alias
from app.domain.units.operations.shared import audit_unit, lock_unit, refuse_twin, require_reach
from app.domain.units.operations.tree import (
    NewUnit,
    change_stage,
    correct_unit,
    move_unit,
    open_unit,
    rename_unit,
)

__all__ = [
    "NewUnit",
    "add_alias",
    "audit_unit",
    "change_stage",
    "close_unit",
    "correct_unit",
    "designate_base_school",
    "end_base_school",
    "lock_unit",
    "merge_unit",
    "move_unit",
    "name_alias",
    "open_unit",
    "put_facility_return",
    "refuse_twin",
    "remove_alias",
    "rename_unit",
    "reopen_unit",
    "require_reach",
]
