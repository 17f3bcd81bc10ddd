"""A workshop's roster in the layout of a 报名表 (DOMAIN.md §6)."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _

from app.blueprints.people.words import ROLES, SEXES
from app.blueprints.workshops.words import ENROLMENT_STATUSES
from app.core import clock
from app.core.spreadsheet import Column, write_table
from app.domain.people.sealed import masked_identity_number, masked_phone
from app.domain.workshops.models import Workshop
from app.domain.workshops.queries.enrolments import SheetRow


def _columns() -> list[Column]:
    return [
        Column(_("No."), 6),
        Column(_("Unit"), 30),
        Column(_("Full name"), 12),
        Column(_("Sex"), 6),
        Column(_("Ethnic group"), 10),
        Column(_("Post or title"), 16),
        Column(_("Full or part time"), 10),
        Column(_("Identity number"), 22),
        Column(_("Phone"), 14),
        Column(_("Needs lodging"), 10),
        Column(_("Status"), 12),
        Column(_("Remarks"), 24),
    ]


def full_title(workshop: Workshop) -> str:
    """The title with its cohort: 骨干教师培训（第2期）."""
    if not workshop.cohort:
        return workshop.title
    return _("%(title)s (%(cohort)s)", title=workshop.title, cohort=workshop.cohort)


def roster_sheet(workshop: Workshop, rows: Sequence[SheetRow]) -> tuple[bytes, str]:
    """The workbook and its name."""
    title = _("Enrolment list: %(title)s", title=full_title(workshop))
    lines = (
        (
            number,
            row.unit_name,
            row.name,
            str(SEXES[row.sex]) if row.sex else "",
            row.ethnicity or "",
            row.title or "",
            str(ROLES[row.role]) if row.role else "",
            masked_identity_number(row.id_number_sealed),
            masked_phone(row.phone_sealed),
            "" if row.needs_lodging is None else _("yes") if row.needs_lodging else _("no"),
            str(ENROLMENT_STATUSES[row.status]),
            row.note or "",
        )
        for number, row in enumerate(rows, 1)
    )
    subtitle = f"{_('Organiser')}{_(': ')}{workshop.organiser.name}"
    data = write_table(title, _columns(), lines, subtitle=subtitle, sheet_name=_("Roster"))
    return data, f"{title} {clock.today().isoformat()}.xlsx"
