"""Translatable text for the layers below the pages. Messages are English in the code."""

from __future__ import annotations

from flask_babel import gettext, lazy_gettext, lazy_ngettext, ngettext

__all__ = ["gettext", "lazy_gettext", "lazy_ngettext", "ngettext"]
