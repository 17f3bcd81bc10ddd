"""The tabs of a course's page as data: a part of the record adds its ``Tab`` here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import current_app
from flask_babel import LazyString, lazy_gettext

from app.domain.accounts.rules import Actor
from app.domain.courses.models import Course
from app.domain.courses.queries.visibility import may_teach
from app.domain.courses.rules.words import CourseKind, CourseStatus

Predicate = Callable[[Course, Actor], bool]


def anybody(_course: Course, _actor: Actor) -> bool:
    return True


def works_on_lessons(course: Course, actor: Actor) -> bool:
    """Who writes, marks and looks after a course that is learnt here."""
    return course.kind is CourseKind.OWN and may_teach(course, actor)


def keeps_people(course: Course, actor: Actor) -> bool:
    """Who teaches the course, or has people in it; before it is published nobody is."""
    shown = course.status is not CourseStatus.DRAFT
    return shown and (actor.may("courses.nominate") or may_teach(course, actor))


def has_groups(course: Course, actor: Actor) -> bool:
    """Who sees what is assigned."""
    return course.status is not CourseStatus.DRAFT and actor.may("courses.nominate")


@dataclass(frozen=True, slots=True)
class Tab:
    """One part of the record; shown when its endpoint (with ``course_id``) exists and the predicate holds."""

    label: LazyString
    endpoint: str
    shown: Predicate = works_on_lessons


TABS: tuple[Tab, ...] = (
    Tab(lazy_gettext("Overview"), "courses.show", anybody),
    Tab(lazy_gettext("Content"), "courses.content"),
    Tab(lazy_gettext("Learners"), "courses.learners", keeps_people),
    Tab(lazy_gettext("Assigned groups"), "courses.groups", has_groups),
    Tab(lazy_gettext("Marking"), "courses.marking"),
    Tab(lazy_gettext("Dashboard"), "courses.dashboard", keeps_people),
    Tab(lazy_gettext("Course files"), "courses.files"),
)


def visible_tabs(course: Course, actor: Actor) -> list[Tab]:
    """The tabs that this reader may open, in order."""
    endpoints = current_app.view_functions
    return [tab for tab in TABS if tab.endpoint in endpoints and tab.shown(course, actor)]
