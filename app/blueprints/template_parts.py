"""The parts of a page that stand in every row of long tables, as functions.

Templates import them from `_macros/` like any macro. A macro costs several times as much, and a
ledger shows hundreds of figures.
"""

from datetime import date
from decimal import Decimal

from flask_babel import gettext
from markupsafe import Markup, escape

from app.blueprints.assets import Icon
from app.blueprints.formats import format_date, format_number, format_ratio

Figure = int | float | Decimal | None

TONE_ICONS = {
    "neutral": "circle-dashed",
    "info": "info-circle",
    "success": "circle-check",
    "warning": "alert-triangle",
    "danger": "circle-x",
}


class Parts:
    """The functions; they need the application's icons."""

    def __init__(self, icon: Icon) -> None:
        self._icon = icon

    def status(self, word: object, tone: str = "neutral", icon_name: str | None = None) -> Markup:
        """A state as word, colour and icon."""
        picture = self._icon(icon_name or TONE_ICONS[tone])
        return Markup(
            f'<span class="xy-status xy-tone-{escape(tone)}">{picture}{escape(word)}</span>'
        )

    def tag(self, word: object) -> Markup:
        """A plain fact about a row, not a state."""
        return Markup(f'<span class="xy-tag">{escape(word)}</span>')

    def select_row(
        self, value: object, label: object, form_id: str = "bulk", name: str = "id"
    ) -> Markup:
        """The cell that picks a row for a bulk act; the box joins its form by id."""
        return Markup(
            '<td class="xy-select"><input class="form-check-input" type="checkbox" '
            f'form="{escape(form_id)}" name="{escape(name)}" value="{escape(value)}" '
            f'aria-label="{escape(label)}"></td>'
        )

    def span(self, start: date | None, until: date | None = None) -> Markup:
        """The time a dated fact holds; both ends belong to it."""
        begin = format_date(start) or "…"
        end = format_date(until) or escape(gettext("today"))
        return Markup(f'<span class="xy-span">{begin} – {end}</span>')

    def difference(self, n: Figure, kind: str = "number") -> Markup:
        """+3, −2 or ±0: sign, colour and, for who hears the page, words."""
        size = n or 0
        size = -size if size < 0 else size
        shown = format_ratio(size).removesuffix(" %") if kind == "ratio" else format_number(size)
        if not n:
            css, words, sign, shown = "xy-diff", gettext("unchanged"), "±", "0"
        elif n > 0:
            css, words, sign = "xy-diff xy-up", gettext("more by"), "+"
        else:
            css, words, sign = "xy-diff xy-down", gettext("fewer by"), "−"
        return Markup(
            f' <span class="{css}"><span class="visually-hidden">{escape(words)}</span>{sign}{shown}</span>'
        )

    def figure(
        self,
        value: Figure,
        url: str | None = None,
        change: Figure = None,
        mark: str | None = None,
        kind: str = "number",
    ) -> Markup:
        """A table cell with a figure that opens into its rows; `mark` says which target it misses."""
        shown = format_ratio(value) if kind == "ratio" else format_number(value)
        css = f"num{' xy-below' if mark else ''}{'' if value else ' xy-zero'}"
        html = [f'<td class="{css}"']
        if mark:
            html.append(
                f' title="{escape(mark)}"><span class="xy-mark">{self._icon("flag", mark)}</span>'
            )
        else:
            html.append(">")
        html.append(f'<a href="{escape(url)}">{shown}</a>' if url and value is not None else shown)
        if change is not None:
            html.append(self.difference(change, kind))
        html.append("</td>")
        return Markup("".join(html))
