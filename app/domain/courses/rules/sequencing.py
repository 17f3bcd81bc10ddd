"""What a manifest wants of the order of its items that is not carried out here. Plain values in and out.

Items may be opened in any order, one after the other, and the whole is done with all of them
(docs/decisions/2026-11-22-packages.md). What a manifest says against that is named, so that whoever brings the package
knows it before anybody learns with it. Sources: SCORM 1.2 Content Aggregation Model 2.3.5.2 (prerequisites); SCORM 2004
4th edition Sequencing and Navigation 3.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol


class Element(Protocol):
    """The part of an XML element that is read here."""

    tag: str
    text: str | None
    attrib: dict[str, str]

    def __iter__(self) -> Iterator[Any]: ...
    def iter(self) -> Iterator[Any]: ...


class Wish(enum.StrEnum):
    """A rule that is not carried out."""

    PREREQUISITES = "prerequisites"
    FORWARD_ONLY = "forward_only"
    NO_CHOICE = "no_choice"
    BEFORE = "before"  # pre-conditions: skip, disable, hide
    AFTER = "after"  # post- and exit conditions: retry, leave, go on
    ATTEMPTS = "attempts"
    SHARED_OBJECTIVES = "shared_objectives"
    ROLLUP = "rollup"
    RANDOM = "random"
    CONSTRAINED = "constrained"
    UNTRACKED = "untracked"


@dataclass(frozen=True, slots=True)
class Unmet:
    """A wish, and the title of the item (or of the whole package) for which it is stated."""

    wish: Wish
    title: str


_TRUE, _FALSE = {"true", "1"}, {"false", "0"}
_RULES = {
    "preconditionrule": Wish.BEFORE,
    "postconditionrule": Wish.AFTER,
    "exitconditionrule": Wish.AFTER,
    "mapinfo": Wish.SHARED_OBJECTIVES,
    "rolluprule": Wish.ROLLUP,
    "rollupconsiderations": Wish.ROLLUP,
}
# (element, attribute, values that ask for something)
_SWITCHES = (
    ("controlmode", "forwardonly", _TRUE, Wish.FORWARD_ONLY),
    ("controlmode", "choice", _FALSE, Wish.NO_CHOICE),
    ("controlmode", "choiceexit", _FALSE, Wish.NO_CHOICE),
    ("constrainedchoiceconsiderations", "constrainchoice", _TRUE, Wish.CONSTRAINED),
    ("constrainedchoiceconsiderations", "preventactivation", _TRUE, Wish.CONSTRAINED),
    ("deliverycontrols", "tracked", _FALSE, Wish.UNTRACKED),
    ("rollupconsiderations", "measuresatisfactionifactive", _FALSE, Wish.ROLLUP),
    ("rolluprules", "rollupobjectivesatisfied", _FALSE, Wish.ROLLUP),
    ("rolluprules", "rollupprogresscompletion", _FALSE, Wish.ROLLUP),
)
_RANDOM = ("randomizationtiming", "selectiontiming")


def list_unmet(root: Element, titled: Iterable[tuple[Element, str]]) -> tuple[Unmet, ...]:
    """The wishes of these elements (the organisation and its items, each with its title), each once, in order."""
    shared = {
        part.attrib["ID"]: part
        for collection in root.iter()
        if _name(collection) == "sequencingcollection"
        for part in collection
        if part.attrib.get("ID")
    }
    found: dict[Unmet, None] = {}
    for element, title in titled:
        for wish in _wishes(element, shared):
            found[Unmet(wish, title)] = None
    return tuple(found)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def _wishes(element: Element, shared: dict[str, Element]) -> Iterator[Wish]:
    for child in element:
        if _name(child) == "prerequisites" and (child.text or "").strip():
            yield Wish.PREREQUISITES
        if _name(child) != "sequencing":
            continue
        reference = shared.get(child.attrib.get("IDRef", ""))
        for sequencing in (child,) if reference is None else (child, reference):
            for part in sequencing.iter():
                yield from _of_part(part)


def _of_part(part: Element) -> Iterator[Wish]:
    name = _name(part)
    stated = {
        key.rpartition("}")[2].lower(): value.strip().lower() for key, value in part.attrib.items()
    }
    if name in _RULES and (name != "rollupconsiderations" or stated):
        yield _RULES[name]
    if name == "limitconditions" and stated:
        yield Wish.ATTEMPTS
    if name == "randomizationcontrols" and any(
        stated.get(key, "never") != "never" for key in _RANDOM
    ):
        yield Wish.RANDOM
    for element, attribute, values, wish in _SWITCHES:
        if name == element and stated.get(attribute) in values:
            yield wish
