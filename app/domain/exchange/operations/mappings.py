"""Keep the named layouts of platforms' exports: make one, replace it by another, retire it."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.exchange.mappings import get_mapping, may_edit
from app.domain.exchange.models import PlatformMapping
from app.domain.exchange.reading.mapped import MAPPED_FIELDS, Layout, why_not_layout
from app.domain.people.operations.dated import optional_text, required_reason
from app.domain.people.rules import TrainingLevel
from app.domain.people.rules.trainings import why_not_hours
from app.domain.units.models import UnitKind
from app.domain.units.queries import get_unit_by_id

LONGEST_NAME = 80
LONGEST_PLATFORM = 120
LONGEST_TITLE = 200
LONGEST_HEADER = 120
MOST_WORDS = 30


@dataclass(frozen=True)
class MappingFacts:
    """What an officer says of a platform's export. ``columns``: field → header as it stands there."""

    name: str
    platform: str
    columns: dict[str, str]
    level: TrainingLevel
    finished_words: tuple[str, ...] = ()
    title: str | None = None
    hours: Decimal | None = field(default=None)
    recognised: bool = True

    def layout(self) -> Layout:
        return Layout(self.columns, self.finished_words, optional_text(self.title), self.hours)


def _name_taken() -> DomainError:
    return DomainError(
        _("Your unit has a mapping of this name already. Choose another name, or edit that one."),
        "mapping_name_taken",
        "name",
    )


explain_constraint("uq_platform_mappings_name", _name_taken)


def create_mapping(facts: MappingFacts, *, unit_id: int, actor: Actor) -> PlatformMapping:
    """A new mapping of a unit. Raises InvalidInput for facts nothing can be read by, ``mapping_name_taken``."""
    _refuse_facts(facts)
    unit = get_unit_by_id(unit_id)
    if not actor.reaches(unit.path) or unit.kind is UnitKind.SCHOOL:
        raise InvalidInput(
            _("A mapping belongs to a county or a prefecture of yours."), "wrong_unit", "unit"
        )
    made = _add(facts, unit.id, actor)
    _audit(actor, "mappings.create", made)
    return made


def replace_mapping(mapping_id: int, facts: MappingFacts, *, actor: Actor) -> PlatformMapping:
    """Change a mapping: a new one takes its place, so that what was imported can still be read as it was then."""
    _refuse_facts(facts)
    old = _lock(mapping_id, actor)
    old.retired_at = clock.now()
    db.session.flush()
    made = _add(facts, old.unit_id, actor)
    _audit(actor, "mappings.replace", made, before=_plain(old), replaces=old.id)
    return made


def retire_mapping(mapping_id: int, reason: str, *, actor: Actor) -> PlatformMapping:
    """Nobody imports with it any more; what was imported stays."""
    said = required_reason(reason)
    mapping = _lock(mapping_id, actor)
    mapping.retired_at = clock.now()
    db.session.flush()
    _audit(actor, "mappings.retire", mapping, reason=said)
    return mapping


def _lock(mapping_id: int, actor: Actor) -> PlatformMapping:
    """The mapping, locked, while it is in use and the actor's to change."""
    db.session.scalars(
        select(PlatformMapping).where(PlatformMapping.id == mapping_id).with_for_update()
    ).first()
    mapping = get_mapping(mapping_id, actor=actor)
    if not may_edit(mapping, actor):
        raise NotFound(_("There is no such mapping within your unit."))
    if mapping.retired_at is not None:
        raise DomainError(
            _("Somebody else has changed or retired this mapping. Look at the list again."),
            "mapping_retired",
        )
    return mapping


def _add(facts: MappingFacts, unit_id: int, actor: Actor) -> PlatformMapping:
    made = PlatformMapping(
        unit_id=unit_id,
        name=facts.name.strip(),
        platform=facts.platform.strip(),
        columns={name: facts.columns[name] for name in MAPPED_FIELDS if name in facts.columns},
        finished_words=list(facts.finished_words),
        level=facts.level,
        title=optional_text(facts.title),
        hours=facts.hours,
        recognised=facts.recognised,
        created_by=actor.account_id,
        created_at=clock.now(),
    )
    db.session.add(made)
    db.session.flush()
    return made


def _refuse_facts(facts: MappingFacts) -> None:
    texts = (
        ("name", facts.name, LONGEST_NAME),
        ("platform", facts.platform, LONGEST_PLATFORM),
    )
    for name, text, most in texts:
        if not 1 <= len(text.strip()) <= most:
            raise InvalidInput(_("Write 1 to %(most)s characters.", most=most), f"bad_{name}", name)
    title = facts.title or ""
    if title.strip() and not 2 <= len(title.strip()) <= LONGEST_TITLE:
        raise InvalidInput(_("A title has 2 to 200 characters."), "bad_title", "title")
    _refuse_layout(facts)


def _refuse_layout(facts: MappingFacts) -> None:
    unknown = set(facts.columns) - set(MAPPED_FIELDS)
    if unknown or any(not 1 <= len(header) <= LONGEST_HEADER for header in facts.columns.values()):
        raise InvalidInput(_("Choose the columns from the list."), "bad_columns")
    if len(facts.finished_words) > MOST_WORDS:
        raise InvalidInput(
            _("At most %(most)s words.", most=MOST_WORDS), "too_many_words", "finished_words"
        )
    why = why_not_layout(facts.layout())
    if why is not None:
        code, column = why
        raise InvalidInput(_layout_refusals()[code], code, _form_field(code, column))
    if why_not_hours(facts.hours) is not None or facts.hours == 0:
        raise InvalidInput(_("Give whole or half hours of 45 minutes."), "bad_hours", "hours")
    if not facts.recognised and "hours" not in facts.columns and facts.hours is None:
        raise InvalidInput(
            _("Hours that are to be recognised must be stated: name their column or their number."),
            "hours_missing",
            "hours",
        )


def _form_field(code: str, column: str) -> str:
    return "title" if code == "title_missing" else f"column_{column}"


def _layout_refusals() -> dict[str, Any]:
    return {
        "name_column": _("Say which column holds the names."),
        "school_column": _("Say which column holds the school or unit."),
        "title_missing": _(
            "Say which column names the training, or write the name that holds for all rows."
        ),
        "column_twice": _("This column is chosen for something else already."),
        "words_without_column": _(
            "Say in which column these words stand, or leave the words empty."
        ),
    }


def _plain(mapping: PlatformMapping) -> dict[str, Any]:
    return {
        "name": mapping.name,
        "platform": mapping.platform,
        "columns": dict(mapping.columns),
        "finished_words": list(mapping.finished_words),
        "level": mapping.level.value,
        "title": mapping.title,
        "hours": None if mapping.hours is None else str(mapping.hours),
        "recognised": mapping.recognised,
    }


def _audit(
    actor: Actor, action: str, mapping: PlatformMapping, *, reason: str | None = None, **more: Any
) -> None:
    details = {**_plain(mapping), **more}
    record(
        actor,
        action,
        object_type="platform_mapping",
        object_id=mapping.id,
        details=details,
        reason=reason,
        unit_path=mapping.unit.path,
    )
