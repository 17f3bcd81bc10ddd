"""What holds of every page: valid HTML, one h1, a title, labelled inputs, nothing undefined, nothing untranslated."""

from __future__ import annotations

import re
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_NAMESPACE = "{http://www.w3.org/1999/xhtml}"
_UNLABELLED_TYPES = {"hidden", "submit", "button", "reset", "image"}


class CheckedClient(FlaskClient):
    """Checks every full HTML page that comes back."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and not response.is_streamed:
            text = response.get_data(as_text=True)
            if "<html" in text:
                check_page(text)
        return response


def check_page(text: str) -> None:
    """Raise AssertionError with what is wrong with the page."""
    parser = html5lib.HTMLParser(strict=False)
    document = parser.parse(text)
    problems = [str(error) for error in parser.errors]
    assert not problems, f"invalid HTML: {problems[:5]}"
    assert len(_all(document, "h1")) == 1, "a page has exactly one h1"
    titles = ["".join(title.itertext()).strip() for title in _all(document, "head/title")]
    assert "".join(titles), "a page has a title"
    _check_labels(document)
    _check_ids(document)
    assert "Undefined" not in text, "an undefined template name was printed"


def _all(document: Element, path: str) -> list[Element]:
    parts = "/".join(_NAMESPACE + part for part in path.split("/"))
    return document.findall(f".//{parts}")


def _check_labels(document: Element) -> None:
    labelled = {label.get("for") for label in _all(document, "label")}
    wrapped = {id(control) for label in _all(document, "label") for control in label.iter()}
    for tag in ("input", "select", "textarea"):
        for control in _all(document, tag):
            if control.get("type") in _UNLABELLED_TYPES:
                continue
            named = (
                control.get("id") in labelled
                or control.get("aria-label")
                or control.get("aria-labelledby")
                or id(control) in wrapped
            )
            assert named, f"unlabelled {tag}: {control.attrib}"


def _check_ids(document: Element) -> None:
    seen: set[str] = set()
    for element in document.iter():
        identifier = element.get("id")
        if identifier:
            assert not re.search(r"\s", identifier), f"blank in id {identifier!r}"
            assert identifier not in seen, f"id {identifier!r} twice"
            seen.add(identifier)
