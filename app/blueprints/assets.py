"""Addresses of static files, and the icons of the sprite."""

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

from flask import Flask, url_for
from flask_babel import LazyString
from markupsafe import Markup, escape

_SYMBOL_ID = re.compile(r'<symbol[^>]*\bid="([^"]+)"')

Icon = Callable[..., Markup]
"""`icon(name, label=None)`: a picture of the sprite, decorative unless it gets a label."""


class Assets:
    """Addresses of static files with a content hash, and the icons of the sprite.

    A hash is computed at the first use and kept; in debug mode again whenever the file has changed.
    """

    SPRITE = "vendor/icons.svg"

    def __init__(self, app: Flask) -> None:
        self._folder = Path(app.static_folder or "static")
        self._recheck = app.debug
        self._strict = app.debug or app.testing
        self._kept: dict[str, tuple[float, str]] = {}
        self.icon = lru_cache(maxsize=1024)(self._icon)

    def url(self, path: str) -> str:
        """The address of a file under static/ with `?v=` and its content hash."""
        kept = self._kept.get(path)
        if kept is None or (self._recheck and kept[0] != self._changed(path)):
            kept = self._kept[path] = self._fingerprint(path)
        return kept[1]

    def _changed(self, path: str) -> float:
        file = self._folder / path
        return file.stat().st_mtime if file.is_file() else 0.0

    def _fingerprint(self, path: str) -> tuple[float, str]:
        changed = self._changed(path)
        if not changed:
            return changed, url_for("static", filename=path)
        digest = hashlib.sha256((self._folder / path).read_bytes()).hexdigest()[:12]
        return changed, url_for("static", filename=path, v=digest)

    def _icon(self, name: str, label: str | LazyString | None = None) -> Markup:
        """An icon of the sprite; decorative unless it gets a label."""
        if self._strict and name not in self._names():
            raise LookupError(f"icon {name!r} is not in the sprite: add it to tools/icons.txt")
        reference = escape(f"{self.url(self.SPRITE)}#{name}")
        if label is None:
            return Markup(
                '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}"></use></svg>'
            ).format(reference)
        return Markup(
            '<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>'
        ).format(str(label), reference)

    @lru_cache(maxsize=1)  # noqa: B019  (one instance per application)
    def _names(self) -> frozenset[str]:
        sprite = self._folder / self.SPRITE
        return (
            frozenset(_SYMBOL_ID.findall(sprite.read_text("utf-8")))
            if sprite.is_file()
            else _Everything()
        )


class _Everything(frozenset[str]):
    """Stands for the names of a sprite that is not built yet: contains any."""

    def __contains__(self, _name: object) -> bool:
        return True
