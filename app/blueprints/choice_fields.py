"""Fields to choose from, whose choices are pairs of a value and its words; several groups of them are a mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import wtforms
from wtforms.fields.choices import SelectChoice

Pair = tuple[Any, Any]
Given = Iterable[Pair | SelectChoice] | Mapping[Any, Iterable[Pair]] | Callable[[], Any] | None


def _as_choices(given: Given) -> Any:
    """What WTForms wants: a list of its own, or what makes one when it is asked."""
    if given is None:
        return None
    if callable(given):
        return lambda: _as_choices(given())
    if isinstance(given, Mapping):
        return [
            SelectChoice(value, words, optgroup=str(group))
            for group, pairs in given.items()
            for value, words in pairs
        ]
    return [one if isinstance(one, SelectChoice) else SelectChoice(*one) for one in given]


class _TakesPairs:
    """Before a field of WTForms: takes pairs where the field is made and where its choices are set later."""

    def __init__(
        self, label: Any = None, validators: Any = None, *, choices: Given = None, **options: Any
    ) -> None:
        super().__init__(  # type: ignore[call-arg]
            label, validators, choices=_as_choices(choices), **options
        )

    @property
    def choices(self) -> Any:
        return super().choices  # type: ignore[misc]

    @choices.setter
    def choices(self, given: Given) -> None:
        wtforms.SelectField.choices.fset(self, _as_choices(given))


class SelectField(_TakesPairs, wtforms.SelectField):
    """One of several, from a list."""


class RadioField(_TakesPairs, wtforms.RadioField):
    """One of several, all of them seen."""


class SelectMultipleField(_TakesPairs, wtforms.SelectMultipleField):
    """Any of several."""
