"""Sections of a draft: add, change, remove, put in order."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, func, select, update

from app.core.db import db, execute, table_of
from app.core.errors import DomainError, InvalidInput, StaleVersion
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import CourseVersion, Lesson, Section
from app.domain.courses.operations.drafts import lock_draft, lock_draft_section
from app.domain.courses.rules.content import LONGEST_SUMMARY, MOST_SECTIONS, placed, stepped
from app.domain.people.personal_texts import fitting_text

LONGEST_TITLE = 200


def title_of(text: str) -> str:
    """A title as it is kept. Raises ``title_missing``, ``too_long``, ``personal_number``."""
    title = fitting_text(text, LONGEST_TITLE, "title")
    if not title:
        raise InvalidInput(_("Give it a title."), "title_missing", "title")
    return title


def add_section(course_id: int, title: str, summary: str = "", *, actor: Actor) -> Section:
    """A section at the end of the draft. Raises ``no_draft``, ``too_many_sections``."""
    draft = lock_draft(course_id, actor=actor)
    count, last = db.session.execute(
        select(func.count(Section.id), func.max(Section.position)).where(
            Section.version_id == draft.id
        )
    ).one()
    if count >= MOST_SECTIONS:
        raise DomainError(
            _("A course has at most %(most)s sections.", most=MOST_SECTIONS), "too_many_sections"
        )
    section = Section(version_id=draft.id, position=(last or 0) + 1)
    _say(section, title, summary)
    db.session.add(section)
    db.session.flush()
    note(draft, "courses.add_section", actor, section=section.id, title=section.title)
    return section


def edit_section(
    course_id: int, section_id: int, title: str, summary: str, *, actor: Actor
) -> Section:
    """Change what a section is called and says."""
    section = lock_draft_section(course_id, section_id, actor=actor)
    _say(section, title, summary)
    note(section.version, "courses.edit_section", actor, section=section_id, title=section.title)
    return section


def _say(section: Section, title: str, summary: str) -> None:
    section.title = title_of(title)
    section.summary = fitting_text(summary, LONGEST_SUMMARY, "summary") or None


def remove_section(course_id: int, section_id: int, *, actor: Actor, lessons: int) -> None:
    """Remove a section with the ``lessons`` that whoever decided saw in it. Raises StaleVersion if there are others."""
    section = lock_draft_section(course_id, section_id, actor=actor)
    count = db.session.scalar(select(func.count(Lesson.id)).where(Lesson.section_id == section_id))
    if count != lessons:
        raise StaleVersion(_("Somebody else has changed its lessons since you looked. Look again."))
    version, title = section.version, section.title
    db.session.execute(delete(Section).where(Section.id == section_id))
    db.session.expire(version, ["sections"])
    note(version, "courses.remove_section", actor, section=section_id, title=title, lessons=count)


def move_section(
    course_id: int,
    section_id: int,
    *,
    actor: Actor,
    step: int | None = None,
    before: int | None = None,
) -> None:
    """Move a section up (−1) or down (1), or before another one (None: to the end). Raises StaleVersion."""
    section = lock_draft_section(course_id, section_id, actor=actor)
    ids = db.session.scalars(
        select(Section.id)
        .where(Section.version_id == section.version_id)
        .order_by(Section.position, Section.id)
    )
    renumber(Section, reordered(list(ids), section_id, step, before))
    note(section.version, "courses.order_lessons", actor, section=section_id)


def reordered(order: list[int], moving: int, step: int | None, before: int | None) -> list[int]:
    """The new order. Raises StaleVersion when what it is put before is not there any more."""
    if step is not None:
        return stepped(order, moving, step)
    try:
        return placed(order, moving, before)
    except ValueError:
        raise StaleVersion(_("Somebody else has changed the order. Look at it again.")) from None


def renumber(model: type[Section] | type[Lesson], order: list[int]) -> None:
    """Positions from 1, in this order; no row counts as changed by somebody else for it."""
    table = table_of(model)
    statement = (
        update(table).where(table.c.id == bindparam("one")).values(position=bindparam("place"))
    )
    execute(statement, [{"one": one, "place": place} for place, one in enumerate(order, start=1)])


def note(version: CourseVersion, action: str, actor: Actor, **details: object) -> None:
    """Every change of a draft: another version number of its row, and an audit entry."""
    version.row_version += 1
    db.session.flush()
    record(
        actor,
        action,
        object_type="course",
        object_id=version.course_id,
        details={"version": version.number, **details},
        unit_path=version.course.organiser.path,
    )
