"""Every figure of the ledger, defined once: which rows it sums, which of them count, and how much each.

The total of a figure is the sum of ``value`` over the rows of its ``source`` that satisfy ``where``; its list is
those same rows. To add a figure, add an entry here. Source of the rules: DOMAIN.md §3; docs/figures.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext
from app.domain.certificates.rules import CountsAs
from app.domain.people.rules import PostingRole, StudioRole, TrainingLevel
from app.domain.statistics.definition import (
    Figure,
    Group,
    Value,
    Where,
    column_named,
    equals,
    positive,
)
from app.domain.statistics.rules import FigureKind
from app.domain.statistics.sources.counselors import CERTIFICATES, COUNSELORS, RECRUITED
from app.domain.statistics.sources.credentials import HEIGHTS
from app.domain.statistics.sources.leads import COVERED_COUNTIES, LEAD_TEACHERS
from app.domain.statistics.sources.schools import AREA_SCALE, SCHOOLS
from app.domain.statistics.sources.studios import STUDIO_PEOPLE, STUDIOS
from app.domain.statistics.sources.trainings import HOURS_SCALE, TRAINED_PEOPLE, TRAININGS


def _holders() -> Iterator[Figure]:
    names = {
        CountsAs.PSYCH_2: lazy_gettext("Counselors with level 2"),
        CountsAs.PSYCH_3: lazy_gettext("Counselors with level 3"),
        CountsAs.OTHER: lazy_gettext("Counselors with another recognised certificate"),
    }
    certificates = {
        CountsAs.PSYCH_2: lazy_gettext("Certificates of level 2"),
        CountsAs.PSYCH_3: lazy_gettext("Certificates of level 3"),
        CountsAs.OTHER: lazy_gettext("Other recognised certificates"),
    }
    suffix = {CountsAs.OTHER: "other_recognised"}
    yield Figure(
        "holders",
        lazy_gettext("Counselors with a recognised certificate"),
        Group.HOLDERS,
        COUNSELORS,
        where=positive("holder"),
        measure=lazy_gettext("persons"),
    )
    for column, label in names.items():
        yield Figure(
            f"holders_{suffix.get(column, column.value)}",
            label,
            Group.HOLDERS,
            COUNSELORS,
            where=equals("holder", HEIGHTS[column]),
            measure=lazy_gettext("persons"),
        )
    for column, label in certificates.items():
        yield Figure(
            f"certificates_{suffix.get(column, column.value)}",
            label,
            Group.HOLDERS,
            CERTIFICATES,
            where=equals("height", HEIGHTS[column]),
            measure=lazy_gettext("certificates"),
        )


_ALL: tuple[Figure, ...] = (
    Figure(
        "schools", lazy_gettext("Schools"), Group.SCHOOLS, SCHOOLS, measure=lazy_gettext("schools")
    ),
    Figure(
        "schools_with_counselor",
        lazy_gettext("Schools with a counselor"),
        Group.SCHOOLS,
        SCHOOLS,
        where=positive("has_counselor"),
        measure=lazy_gettext("schools"),
    ),
    Figure(
        "counselor_coverage",
        lazy_gettext("Counselor coverage"),
        Group.SCHOOLS,
        None,
        FigureKind.RATIO,
        parts=("schools_with_counselor", "schools"),
    ),
    Figure(
        "schools_with_room",
        lazy_gettext("Schools with a counseling room"),
        Group.SCHOOLS,
        SCHOOLS,
        where=positive("rooms"),
        measure=lazy_gettext("schools"),
    ),
    Figure(
        "room_coverage",
        lazy_gettext("Room coverage"),
        Group.SCHOOLS,
        None,
        FigureKind.RATIO,
        parts=("schools_with_room", "schools"),
    ),
    Figure(
        "rooms",
        lazy_gettext("Counseling rooms"),
        Group.SCHOOLS,
        SCHOOLS,
        where=positive("rooms"),
        value=column_named("rooms"),
        measure=lazy_gettext("rooms"),
    ),
    Figure(
        "room_area",
        lazy_gettext("Room area"),
        Group.SCHOOLS,
        SCHOOLS,
        where=positive("room_area"),
        value=column_named("room_area"),
        scale=AREA_SCALE,
        measure=lazy_gettext("m²"),
    ),
    Figure(
        "counselors",
        lazy_gettext("Counselors"),
        Group.COUNSELORS,
        COUNSELORS,
        measure=lazy_gettext("persons"),
    ),
    Figure(
        "counselors_full_time",
        lazy_gettext("Full-time counselors"),
        Group.COUNSELORS,
        COUNSELORS,
        where=equals("role", PostingRole.FULL_TIME),
        measure=lazy_gettext("persons"),
    ),
    Figure(
        "counselors_part_time",
        lazy_gettext("Part-time counselors"),
        Group.COUNSELORS,
        COUNSELORS,
        where=equals("role", PostingRole.PART_TIME),
        measure=lazy_gettext("persons"),
    ),
    Figure(
        "recruited",
        lazy_gettext("Recruited openly"),
        Group.COUNSELORS,
        RECRUITED,
        measure=lazy_gettext("persons"),
    ),
    *_holders(),
    Figure(
        "lead_teachers",
        lazy_gettext("Lead teachers"),
        Group.LEAD_TEACHERS,
        LEAD_TEACHERS,
        measure=lazy_gettext("persons"),
    ),
    Figure(
        "counties_covered",
        lazy_gettext("Counties with a lead teacher"),
        Group.LEAD_TEACHERS,
        COVERED_COUNTIES,
        FigureKind.COVERED,
        measure=lazy_gettext("counties"),
    ),
    Figure(
        "studios", lazy_gettext("Studios"), Group.STUDIOS, STUDIOS, measure=lazy_gettext("studios")
    ),
    Figure(
        "studio_hosts",
        lazy_gettext("Studio hosts"),
        Group.STUDIOS,
        STUDIO_PEOPLE,
        where=equals("role", StudioRole.HOST),
        measure=lazy_gettext("persons"),
    ),
    Figure(
        "studio_members",
        lazy_gettext("Studio members"),
        Group.STUDIOS,
        STUDIO_PEOPLE,
        where=equals("role", StudioRole.MEMBER),
        measure=lazy_gettext("persons"),
    ),
    Figure(
        "training_person_times",
        lazy_gettext("Training person-times"),
        Group.TRAININGS,
        TRAININGS,
        measure=lazy_gettext("person-times"),
    ),
    Figure(
        "training_headcount",
        lazy_gettext("Persons trained"),
        Group.TRAININGS,
        TRAINED_PEOPLE,
        FigureKind.HEADCOUNT,
        measure=lazy_gettext("persons"),
    ),
    Figure(
        "training_person_times_by_level",
        lazy_gettext("Person-times by level"),
        Group.TRAININGS,
        TRAININGS,
        FigureKind.LEVELS,
        measure=lazy_gettext("person-times"),
    ),
    Figure(
        "credit_hours",
        lazy_gettext("Credit hours"),
        Group.TRAININGS,
        TRAININGS,
        where=positive("hours"),
        value=column_named("hours"),
        scale=HOURS_SCALE,
        measure=lazy_gettext("hours"),
    ),
    Figure(
        "hours_year_met",
        lazy_gettext("Yearly hours reached"),
        Group.TRAININGS,
        COUNSELORS,
        where=positive("year_met"),
        measure=lazy_gettext("persons"),
    ),
    Figure(
        "hours_cycle_met",
        lazy_gettext("Cycle hours reached"),
        Group.TRAININGS,
        COUNSELORS,
        where=positive("cycle_met"),
        measure=lazy_gettext("persons"),
    ),
)
FIGURES: dict[str, Figure] = {figure.name: figure for figure in _ALL}
LEVELS: tuple[TrainingLevel, ...] = tuple(TrainingLevel)


def get_figure(name: str) -> Figure:
    """The figure with this name; NotFound when there is none."""
    figure = FIGURES.get(name)
    if figure is None:
        raise NotFound(_("There is no figure “%(name)s”.", name=name), "unknown_figure")
    return figure


@dataclass(frozen=True)
class Measure:
    """One sum over a source: a figure, or one training level of it."""

    key: str
    figure: Figure
    where: Where | None
    value: Value


def measures(figure: Figure) -> list[Measure]:
    """The sums a figure is made of: one, or one for each training level."""
    if figure.kind is FigureKind.LEVELS:
        return [
            Measure(level_key(figure.name, level), figure, equals("level", level), figure.value)
            for level in LEVELS
        ]
    return [Measure(figure.name, figure, figure.where, figure.value)]


def level_key(name: str, level: TrainingLevel) -> str:
    return f"{name}.{level.value}"
