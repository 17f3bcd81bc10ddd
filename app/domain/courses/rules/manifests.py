"""What a SCORM manifest says: of which edition it is, and what can be started. Plain values in and out.

Sources: SCORM 1.2 Content Aggregation Model; SCORM 2004 3rd and 4th edition, Content Aggregation Model and Sequencing
and Navigation. Names are compared without their namespaces: producers write them in many ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from app.domain.courses.rules.packages import leaves_folder, plain_name
from app.domain.courses.rules.sequencing import Element, Unmet, list_unmet
from app.domain.courses.rules.words import PackageStandard

MOST_ITEMS = 300
LONGEST_TITLE = 200
DEEPEST = 20  # chapters within chapters
LONGEST_IDENTIFIER = 200
_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_EDITIONS_2004 = ("2004", "cam 1.3")


class ManifestFault(Exception):
    """The manifest cannot be used: a stable code, and what it is about."""

    def __init__(self, code: str, name: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.name = name


@dataclass(frozen=True, slots=True)
class Item:
    """Something of the package that can be started. ``href``: an address relative to the package's folder.

    ``kind``: a ``sco`` speaks to the system, an ``asset`` does not. ``under``: the titles of the chapters it is in.
    """

    identifier: str
    title: str
    href: str
    kind: str
    settings: dict[str, Any] = field(default_factory=dict)
    under: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """``unmet``: what it wants of the order of its items and does not get here."""

    standard: PackageStandard
    edition: str
    title: str
    items: tuple[Item, ...]
    unmet: tuple[Unmet, ...] = ()


def read_manifest(root: Element, files: frozenset[str]) -> Manifest:
    """What the manifest offers, of a package with these files. Raises ManifestFault."""
    if _name(root) != "manifest":
        raise ManifestFault("package_manifest_unreadable")
    standard, edition = _standard(root)
    organisation = _organisation(root)
    resources = {
        found.attrib.get("identifier", ""): found
        for found in root.iter()
        if _name(found) == "resource"
    }
    items = [
        _item(element, under, resources, _base(root), files)
        for element, under in _startable(organisation, resources)
    ]
    if not items:
        raise ManifestFault("package_without_items")
    identifiers = [item.identifier for item in items]
    if len(items) > MOST_ITEMS or len(set(identifiers)) < len(items):
        raise ManifestFault("package_manifest_unreadable")
    title = _title(organisation) or items[0].title
    titled = [(one, _title(one) or title) for one in organisation.iter() if _name(one) == "item"]
    unmet = list_unmet(root, [(organisation, title), *titled])
    return Manifest(standard, edition, title, tuple(items), unmet)


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _attribute(element: Element, name: str) -> str:
    """An attribute in whatever namespace."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2].lower() == name:
            return value.strip()
    return ""


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if _name(child) == name]


def _text(element: Element, name: str) -> str:
    """The text of the first child of this name (in whatever case), else empty."""
    for child in element:
        if _name(child).lower() == name:
            return (child.text or "").strip()
    return ""


def _standard(root: Element) -> tuple[PackageStandard, str]:
    stated = next((_text(part, "schemaversion") for part in _children(root, "metadata")), "")
    if stated.lower().startswith(_EDITIONS_2004):
        return PackageStandard.SCORM_2004, stated[:40]
    if stated.startswith("1.2"):
        return PackageStandard.SCORM_12, "1.2"
    spaces = {key.partition("}")[0].lower() for part in root.iter() for key in part.attrib}
    if any("adlcp_rootv1p2" in space for space in spaces):
        return PackageStandard.SCORM_12, "1.2"
    if any("adlcp_v1p3" in space for space in spaces):
        return PackageStandard.SCORM_2004, "2004"
    raise ManifestFault("package_standard_unknown", stated[:40])


def _organisation(root: Element) -> Element:
    outer = next(iter(_children(root, "organizations")), None)
    found = [] if outer is None else _children(outer, "organization")
    if outer is None or not found:
        raise ManifestFault("package_without_items")
    default = outer.attrib.get("default", "")
    return next((one for one in found if one.attrib.get("identifier") == default), found[0])


def _title(element: Element) -> str:
    return " ".join(_text(element, "title").split())[:LONGEST_TITLE]


def _startable(
    organisation: Element, resources: dict[str, Element]
) -> list[tuple[Element, tuple[str, ...]]]:
    """The items with a resource, in order, and the chapters around each; hidden ones only when there are no others."""
    started = [
        (one, under)
        for one, under in _items_of(organisation, ())
        if one.attrib.get("identifierref", "") in resources
    ]
    shown = [
        (one, under)
        for one, under in started
        if one.attrib.get("isvisible", "true") not in {"false", "0"}
    ]
    return shown or started


def _items_of(
    element: Element, under: tuple[str, ...]
) -> Iterator[tuple[Element, tuple[str, ...]]]:
    if len(under) > DEEPEST:
        raise ManifestFault("package_manifest_unreadable")
    for child in _children(element, "item"):
        yield child, under
        yield from _items_of(child, (*under, _title(child)))


def _base(root: Element) -> str:
    outer = next(iter(_children(root, "resources")), None)
    return root.attrib.get(_BASE, "") + ("" if outer is None else outer.attrib.get(_BASE, ""))


def _item(
    element: Element,
    under: tuple[str, ...],
    resources: dict[str, Element],
    base: str,
    files: frozenset[str],
) -> Item:
    resource = resources[element.attrib["identifierref"]]
    identifier = element.attrib.get("identifier", "").strip()
    if not identifier or len(identifier) > LONGEST_IDENTIFIER:
        raise ManifestFault("package_manifest_unreadable")
    stated = base + resource.attrib.get(_BASE, "") + resource.attrib.get("href", "").strip()
    return Item(
        identifier=identifier,
        title=_title(element) or identifier,
        href=quote(_launch(stated, files))
        + _parameters(stated, element.attrib.get("parameters", "")),
        kind="sco" if _attribute(resource, "scormtype").lower() != "asset" else "asset",
        settings=_settings(element),
        under=tuple(title for title in under if title),
    )


def _launch(stated: str, files: frozenset[str]) -> str:
    """The file that an address of the manifest means. Raises ManifestFault."""
    path = stated.partition("#")[0].partition("?")[0]
    if ":" in path.partition("/")[0] or stated.startswith("//"):
        raise ManifestFault("package_external", stated[:LONGEST_TITLE])
    for name in (plain_name(path), plain_name(unquote(path))):
        if name in files:
            return name
    code = "package_path_outside" if leaves_folder(plain_name(unquote(path))) else ""
    raise ManifestFault(code or "package_missing_file", stated[:LONGEST_TITLE])


def _parameters(stated: str, parameters: str) -> str:
    """What stands behind the path: its own query, then the item's parameters (CAM 3.4.1.2 of the 4th edition)."""
    path, mark, fragment = stated.partition("#")
    query = path.partition("?")[2]
    more = parameters.strip().lstrip("?&")
    if more.startswith("#"):
        mark, fragment, more = ("#", more[1:], "") if not mark else (mark, fragment, "")
    joined = "&".join(part for part in (query, more) if part)
    return (f"?{joined}" if joined else "") + (f"#{fragment}" if mark else "")


def _settings(element: Element) -> dict[str, Any]:
    """What the item's run-time is told at its start; only what the manifest states."""
    found: dict[str, Any] = {
        "mastery": _number(_text(element, "masteryscore")),
        "launch_data": _text(element, "datafromlms")[:4096],
        "max_time": _text(element, "maxtimeallowed")[:40],
        "time_action": _text(element, "timelimitaction")[:40],
        "threshold": _threshold(element),
        "passing": _passing(element),
        "objectives": _objectives(element),
    }
    return {name: value for name, value in found.items() if value not in ("", None, [])}


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _threshold(element: Element) -> float | None:
    """How much of the item must be done (2004): as text in the 3rd edition, as an attribute in the 4th."""
    for child in element:
        if _name(child).lower() == "completionthreshold":
            asked = _attribute(child, "completedbymeasure")
            if asked and asked.lower() not in {"true", "1"}:
                return None
            stated = _attribute(child, "minprogressmeasure") or (child.text or "").strip()
            return _number(stated) if stated else 1.0
    return None


def _sequencing(element: Element, name: str) -> Iterator[Element]:
    for part in _children(element, "sequencing"):
        for objectives in _children(part, "objectives"):
            yield from _children(objectives, name)


def _passing(element: Element) -> float | None:
    """The scaled score from which the item is passed (2004), where its primary objective is satisfied by measure."""
    for primary in _sequencing(element, "primaryObjective"):
        if _attribute(primary, "satisfiedbymeasure").lower() in {"true", "1"}:
            stated = _text(primary, "minnormalizedmeasure")
            return _number(stated) if stated else 1.0
    return None


def _objectives(element: Element) -> list[str]:
    found = [
        _attribute(one, "objectiveid")
        for name in ("primaryObjective", "objective")
        for one in _sequencing(element, name)
    ]
    return [identifier for identifier in dict.fromkeys(found) if identifier][:100]
