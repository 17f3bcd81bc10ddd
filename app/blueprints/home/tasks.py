"""What each role has to do, as providers that areas add to."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Select, select

from app.core.db import db
from app.domain.accounts.rules import Actor


class Urgency(enum.IntEnum):
    """In the order in which a person should act."""

    NOW = 0
    SOON = 1
    WHEN_THERE_IS_TIME = 2


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do: ``count`` of what (``label`` is a whole phrase), and where to do it."""

    key: str
    label: str
    count: int
    url: str
    urgency: Urgency = Urgency.SOON
    icon: str = "list-check"


Provider = Callable[[Actor], Task | None]
Counted = Callable[[Actor], Select[int]]
Phrase = Callable[[int], Task]
_providers: list[tuple[str, Provider]] = []
_counted: list[tuple[str, Counted, Phrase]] = []


def home_task(permission: str) -> Callable[[Provider], Provider]:
    """Register a provider for roles with this permission: one counting query each; None when nothing is to do."""

    def register(provider: Provider) -> Provider:
        _providers.append((permission, provider))
        return provider

    return register


def counted_task(permission: str, count: Counted) -> Callable[[Phrase], Phrase]:
    """Register a task that is one count (a select of one number): all of them are asked in one query."""

    def register(phrase: Phrase) -> Phrase:
        _counted.append((permission, count, phrase))
        return phrase

    return register


def home_tasks(actor: Actor) -> list[Task]:
    """What this actor has to do, the most urgent first."""
    found = [provider(actor) for permission, provider in _providers if actor.may(permission)]
    tasks = [task for task in found if task is not None] + _count_together(actor)
    return sorted(tasks, key=lambda task: task.urgency)


def _count_together(actor: Actor) -> list[Task]:
    asked = [(count, phrase) for permission, count, phrase in _counted if actor.may(permission)]
    if not asked:
        return []
    numbers = db.session.execute(
        select(*(count(actor).scalar_subquery() for count, _phrase in asked))
    ).one()
    return [
        phrase(number) for number, (_count, phrase) in zip(numbers, asked, strict=True) if number
    ]
