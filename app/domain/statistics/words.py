"""What figures, rows and columns are called to a reader."""

from __future__ import annotations

from typing import Any

from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext
from app.domain.people.rules import PostingRole, TrainingLevel
from app.domain.statistics.definition import Group
from app.domain.statistics.ledger import Ledger, LedgerRow
from app.domain.statistics.policies import Setting
from app.domain.statistics.rules import Part, Target
from app.domain.statistics.sources.base import DayMeans, Detail
from app.domain.units.models import SchoolStage

GROUPS = {
    Group.SCHOOLS: lazy_gettext("Schools and rooms"),
    Group.COUNSELORS: lazy_gettext("Counselors"),
    Group.HOLDERS: lazy_gettext("Recognised certificates"),
    Group.LEAD_TEACHERS: lazy_gettext("Lead teachers"),
    Group.STUDIOS: lazy_gettext("Studios"),
    Group.TRAININGS: lazy_gettext("Trainings"),
}
LEVELS = {
    TrainingLevel.NATIONAL: lazy_gettext("National"),
    TrainingLevel.PROVINCIAL: lazy_gettext("Provincial"),
    TrainingLevel.PREFECTURE: lazy_gettext("Prefecture level"),
    TrainingLevel.COUNTY: lazy_gettext("County level"),
    TrainingLevel.SCHOOL: lazy_gettext("School level"),
    TrainingLevel.ABROAD: lazy_gettext("Abroad"),
}
ROLES = {
    PostingRole.FULL_TIME: lazy_gettext("Full time"),
    PostingRole.PART_TIME: lazy_gettext("Part time"),
}
STAGES = {
    SchoolStage.PRIMARY: lazy_gettext("Complete primary school"),
    SchoolStage.JUNIOR: lazy_gettext("Junior secondary school"),
    SchoolStage.NINE_YEAR: lazy_gettext("Nine-year school"),
    SchoolStage.COMPLETE_SECONDARY: lazy_gettext("Complete secondary school"),
    SchoolStage.SENIOR: lazy_gettext("Senior secondary school"),
    SchoolStage.VOCATIONAL: lazy_gettext("Vocational school"),
    SchoolStage.SPECIAL: lazy_gettext("Special education school"),
    SchoolStage.TEACHING_POINT: lazy_gettext("Teaching point"),
    SchoolStage.KINDERGARTEN: lazy_gettext("Kindergarten"),
}
HOLDERS = {
    3: lazy_gettext("Level 2"),
    2: lazy_gettext("Level 3"),
    1: lazy_gettext("Other recognised"),
    0: lazy_gettext("None"),
}
DAYS = {
    DayMeans.RETURNED: lazy_gettext("Latest return"),
    DayMeans.POSTED: lazy_gettext("Posted since"),
    DayMeans.RECRUITED: lazy_gettext("Recruited on"),
    DayMeans.ISSUED: lazy_gettext("Issued on"),
    DayMeans.DESIGNATED: lazy_gettext("Designated on"),
    DayMeans.FOUNDED: lazy_gettext("Running since"),
    DayMeans.JOINED: lazy_gettext("Joined on"),
    DayMeans.ENDED: lazy_gettext("Ended on"),
}
DETAILS = {
    Detail.STAGE: lazy_gettext("Stage"),
    Detail.ROOMS: lazy_gettext("Counseling rooms"),
    Detail.ROOM_AREA: lazy_gettext("Area (m²)"),
    Detail.HAS_COUNSELOR: lazy_gettext("Counselor"),
    Detail.ROLE: lazy_gettext("Full or part time"),
    Detail.HOLDER: lazy_gettext("Highest certificate"),
    Detail.CREDENTIAL_KIND: lazy_gettext("Certificate"),
    Detail.NUMBER: lazy_gettext("Certificate number"),
    Detail.BASIS: lazy_gettext("Basis"),
    Detail.LEAD_TEACHERS: lazy_gettext("Lead teachers"),
    Detail.STUDIO: lazy_gettext("Studio"),
    Detail.TITLE: lazy_gettext("Training"),
    Detail.LEVEL: lazy_gettext("Level"),
    Detail.STARTED_ON: lazy_gettext("Began on"),
    Detail.HOURS: lazy_gettext("Credit hours"),
    Detail.TIMES: lazy_gettext("Times"),
}
TARGETS = {
    Target.COUNSELOR_COVERAGE: lazy_gettext("below the target"),
    Target.LEAD_TEACHERS: lazy_gettext("no lead teacher"),
    Target.COUNSELORS: lazy_gettext("no counselor"),
}


def row_name(ledger: Ledger, row: LedgerRow) -> str:
    """The name of a row on the day; null rows have names of ours."""
    return row.name if row.name is not None else part_name(ledger.unit.name, Part(row.kind))


def part_name(unit_name: str, part: Part) -> str:
    """市直学校 or 州直学校, after what the prefecture is; what belongs to a unit itself."""
    if part is Part.OWN:
        return str(_("Unit itself"))
    if unit_name.endswith("州"):
        return str(_("Schools of the autonomous prefecture"))
    return str(_("Municipal schools"))


def ledger_name(ledger: Ledger) -> str:
    if ledger.part is None:
        return ledger.unit.name
    return f"{ledger.unit.name} · {part_name(ledger.unit.name, ledger.part)}"


def level_label(level: TrainingLevel) -> str:
    return str(LEVELS[level])


def lead_policy(setting: Setting) -> str:
    """How lead teachers who moved away are counted, in a sentence."""
    if setting.value.get("counts") == "always":
        text = _(
            "Lead teachers count for the unit that nominated them, also after they moved away."
        )
    else:
        text = _(
            "Lead teachers count while they are posted within the county that nominated them, "
            "or at the municipal school that did."
        )
    return f"{setting.unit_name}: {text}" if setting.unit_name else text


def detail_text(detail: Detail, value: Any) -> Any:
    """A detail of a row as a reader sees it; numbers and dates stay what they are."""
    if value is None:
        return None
    names: dict[Detail, dict[Any, Any]] = {
        Detail.STAGE: STAGES,
        Detail.ROLE: ROLES,
        Detail.LEVEL: LEVELS,
        Detail.HOLDER: HOLDERS,
    }
    if detail in names:
        return str(names[detail][value])
    if detail is Detail.HAS_COUNSELOR:
        return _("yes") if value else _("no")
    return value
