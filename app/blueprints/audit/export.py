"""The audit log as a workbook."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row

from app.blueprints.audit.words import channel_words, role_words
from app.core import clock
from app.core.spreadsheet import Column, write_table
from app.domain.audit.words import action_words, object_words

MOST = 50_000


def entries_workbook(entries: Iterable[Row[Any]], *, unit: str) -> bytes:
    """The entries, the newest first, without personal values (those are opened one by one, with a reason)."""
    columns = [
        Column(_("No."), 9),
        Column(_("Time"), 20),
        Column(_("Account"), 18),
        Column(_("Role"), 14),
        Column(_("Action"), 24),
        Column(_("Object"), 16),
        Column(_("Object no."), 16),
        Column(_("Person no."), 10),
        Column(_("Reason"), 30),
        Column(_("Details"), 40),
        Column(_("Origin"), 16),
        Column(_("Through"), 12),
    ]
    made = clock.local(clock.now()).strftime("%Y-%m-%d %H:%M")
    return write_table(
        _("Audit log"),
        columns,
        _rows(entries),
        subtitle=_("%(unit)s, exported %(time)s", unit=unit, time=made),
        sheet_name=_("Audit log"),
    )


def _rows(entries: Iterable[Row[Any]]) -> Iterator[list[Any]]:
    for entry in entries:
        yield [
            entry.id,
            clock.local(entry.at).strftime("%Y-%m-%d %H:%M:%S"),
            entry.actor_name,
            role_words(entry.role),
            action_words(entry.action),
            object_words(entry.object_type),
            entry.object_id,
            entry.subject_id,
            entry.reason,
            json.dumps(entry.details, ensure_ascii=False) if entry.details else "",
            entry.origin,
            channel_words(entry.channel),
        ]
