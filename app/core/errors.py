"""Refusals that a person can read and act on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class DomainError(Exception):
    """An act was refused: what is wrong, where, and what to do.

    ``message`` is English text already passed through the caller's translation function or a lazy string;
    ``code`` is stable (API, tests); ``field`` names the form or JSON field it belongs to.
    """

    status = 409

    def __init__(
        self, message: Any, code: str = "refused", field: str | None = None, **details: Any
    ) -> None:
        super().__init__(str(code))
        self.message = message
        self.code = code
        self.field = field
        self.details = details

    def __str__(self) -> str:
        return str(self.message)


class InvalidInput(DomainError):
    """What was sent cannot be understood (422)."""

    status = 422


class NotFound(DomainError):
    """No such object, or outside the asker's scope; the two look the same (404)."""

    status = 404

    def __init__(self, message: Any = "Not found.", code: str = "not_found") -> None:
        super().__init__(message, code)


class Forbidden(DomainError):
    """The role or its unit does not allow this (403)."""

    status = 403

    def __init__(
        self, message: Any = "Your role does not allow this.", code: str = "forbidden"
    ) -> None:
        super().__init__(message, code)


class StaleVersion(DomainError):
    """Somebody else changed the object since it was read (409)."""

    def __init__(self, message: Any) -> None:
        super().__init__(message, "stale_version")


ErrorFactory = Callable[[], DomainError]
_constraint_errors: dict[str, ErrorFactory] = {}
_load_explanations: Callable[[], None] = lambda: None  # noqa: E731


def explain_constraint(name: str, error: ErrorFactory) -> None:
    """Say which refusal a violated database constraint means to a person."""
    _constraint_errors[name] = error


def explain_late(load: Callable[[], None]) -> None:
    """Say what loads the explanations that a command, which may do without, does not load at its start."""
    global _load_explanations
    _load_explanations = load


def error_for_constraint(name: str) -> DomainError | None:
    """The refusal that a violated constraint means; None: nobody has explained it."""
    if name not in _constraint_errors:
        _load_explanations()
    factory = _constraint_errors.get(name)
    return factory() if factory else None
