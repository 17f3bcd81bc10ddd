"""How pages look to one reader: light or dark, normal or large type.

Kept in a cookie, so that the first paint is right.
"""

from dataclasses import dataclass

from flask import Request, g, request

COOKIE = "xinyu_display"
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Display:
    """Theme (`auto` follows the device) and elder mode."""

    theme: str = "auto"
    elder: bool = False

    @property
    def cookie_value(self) -> str:
        return f"{self.theme}.elder" if self.elder else self.theme


def display_of(source: Request) -> Display:
    """Reads the cookie; whatever does not fit means the default."""
    theme, _, size = source.cookies.get(COOKIE, "").partition(".")
    return Display(theme=theme if theme in THEMES else "auto", elder=size == "elder")


def current_display() -> Display:
    """Theme and type size of this request, from its cookie."""
    kept: Display | None = g.get("display")
    if kept is None:
        kept = g.display = display_of(request)
    return kept
