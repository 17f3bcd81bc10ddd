"""Why a name or a row of a list means nobody."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

REFUSALS = {
    "no_duty": _l("It says no duty. Add it, or choose one for the whole list."),
    "unit_unknown": _l("No single unit of yours has this name."),
    "elsewhere": _l("This person is registered outside your unit. Ask the bureau to move them."),
    "other_name": _l("This identity number belongs to somebody of another name."),
    "ambiguous": _l("Several people have this name there; add the identity number."),
    "twice": _l("This person stands in the list twice."),
}
