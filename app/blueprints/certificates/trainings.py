"""What leads from a training to its certificates and back, for the pages of both."""

from __future__ import annotations

from flask import url_for
from sqlalchemy import Select

from app.domain.accounts.rules import Actor
from app.domain.courses.queries.records import find_course_of
from app.domain.people.queries.trainings import list_event_keys
from app.domain.placements.queries.records import find_cohort_of
from app.domain.workshops.queries.records import find_workshop_of


def issue_address(records: Select[int | None], title: str, *, actor: Actor) -> str | None:
    """Where certificates are prepared for whoever passed what left these training records; None without any.

    An online course is a training of its own each year, so there may be several to choose from.
    """
    if not actor.may("certificates.issue"):
        return None
    keys = list_event_keys(records, scope=actor.unit_path)
    if not keys:
        return None
    if len(keys) > 1:
        return url_for("certificates.start", q=title)
    return url_for("certificates.new_batch", source="training", key=keys[0])


def training_address(event_key: str, *, actor: Actor) -> str:
    """Where a training can be looked at: as the workshop, cohort or course it was, else its records."""
    workshop = find_workshop_of(event_key, actor=actor)
    if workshop is not None:
        return url_for("workshops.show", workshop_id=workshop.id)
    cohort = find_cohort_of(event_key, actor=actor)
    if cohort is not None:
        return url_for("placements.cohort", cohort_id=cohort.id)
    course = find_course_of(event_key, actor=actor)
    if course is not None:
        return url_for("courses.show", course_id=course.id)
    return url_for("trainings.show", key=event_key)
