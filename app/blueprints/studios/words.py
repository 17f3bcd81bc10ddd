"""Kinds of studios in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext

from app.domain.people.rules import StudioKind

STUDIO_KINDS = {
    StudioKind.STUDIO: lazy_gettext("Studio"),
    StudioKind.TRAINER_TEAM: lazy_gettext("Trainer team"),
}
