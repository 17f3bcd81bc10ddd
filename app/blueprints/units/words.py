"""Kinds and stages of units in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.domain.units.models import AliasKind, SchoolStage, UnitKind

KIND_NAMES = {
    UnitKind.PROVINCE: lazy_gettext("Province"),
    UnitKind.PREFECTURE: lazy_gettext("Prefecture"),
    UnitKind.COUNTY: lazy_gettext("County"),
    UnitKind.SPECIAL_ZONE: lazy_gettext("Special zone"),
    UnitKind.SCHOOL: lazy_gettext("School"),
}
STAGE_NAMES = {
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
ALIAS_NAMES = {
    AliasKind.SHORT_NAME: lazy_gettext("Short name"),
    AliasKind.OLD_NAME: lazy_gettext("Old name"),
    AliasKind.OLD_CODE: lazy_gettext("Old code"),
}
