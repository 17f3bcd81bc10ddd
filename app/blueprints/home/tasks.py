"""What each role has to do, as providers that areas add to."""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass

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
_providers: list[tuple[str, Provider]] = []


def home_task(permission: str) -> Callable[[Provider], Provider]:
    """Register a provider for roles with this permission: one counting query each; None when nothing is to do."""

    def register(provider: Provider) -> Provider:
        _providers.append((permission, provider))
        return provider

    return register


def home_tasks(actor: Actor) -> list[Task]:
    """What this actor has to do, the most urgent first."""
    found = [provider(actor) for permission, provider in _providers if actor.may(permission)]
    tasks = [task for task in found if task is not None]
    return sorted(tasks, key=lambda task: task.urgency)
