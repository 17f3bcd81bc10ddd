"""The audit log: who did what, when, from where; for auditors, within their scope."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_day, asked_text
from app.blueprints.audit.export import MOST, entries_workbook
from app.blueprints.audit.forms import OpenForm
from app.blueprints.audit.words import (
    action_choices,
    changes_of,
    channel_words,
    choice_words,
    detail_text,
    detail_words,
    object_choices,
    role_choices,
    role_words,
)
from app.blueprints.downloads import workbook
from app.core import clock
from app.domain.audit import queries
from app.domain.audit.models import AuditEntry
from app.domain.audit.operations import open_personal, record
from app.domain.audit.queries import EntryFilter
from app.domain.audit.sealing import read_head
from app.domain.audit.words import action_words, object_words

blueprint = Blueprint("audit", __name__)
WORDS = {
    "action_words": action_words,
    "channel_words": channel_words,
    "detail_text": detail_text,
    "detail_words": detail_words,
    "object_words": object_words,
    "role_words": role_words,
}


@blueprint.get("/")
@requires("audit.read")
def index() -> str:
    """The newest entries that fit the filters."""
    wanted = _filter()
    before = request.args.get("cursor", type=int)
    entries = queries.list_entries(wanted, scope=current_actor().unit_path, before=before)
    return render_template(
        "audit/index.html",
        entries=entries,
        chips=_chips(wanted),
        head=read_head(),
        actions=action_choices(),
        objects=object_choices(),
        roles=role_choices(),
        **WORDS,
    )


@blueprint.post("/export")
@requires("audit.read")
def export() -> Response:
    """What the filters show as a workbook; the export is itself an entry."""
    wanted = _filter()
    with acting() as actor:
        found = {name: str(value) for name, value in asdict(wanted).items() if value}
        record(actor, "audit.export", details={"filters": found})
    entries = queries.iterate_entries(wanted, scope=actor.unit_path, most=MOST)
    name = _("Audit log %(day)s", day=clock.today().isoformat())
    return workbook(entries_workbook(entries, unit=actor.unit_name), f"{name}.xlsx")


@blueprint.get("/<int:entry_id>")
@requires("audit.read")
def show(entry_id: int) -> str:
    """One entry with its details; personal values stay closed."""
    return _page(queries.get_entry(entry_id, scope=current_actor().unit_path), OpenForm())


@blueprint.post("/<int:entry_id>/personal")
@requires("audit.read")
def open_values(entry_id: int) -> str | tuple[str, int]:
    """The entry with its personal values; opening them is itself an entry, with the reason."""
    form = OpenForm()
    entry = queries.get_entry(entry_id, scope=current_actor().unit_path)
    if not form.validate_on_submit():
        return _page(entry, form), 422
    with acting() as actor:
        entry = queries.get_entry(entry_id, scope=actor.unit_path)
        record(
            actor,
            "audit.open_personal",
            object_type="audit_entry",
            object_id=entry_id,
            subject_id=entry.subject_id,
            reason=form.reason.data,
        )
        personal = open_personal(entry)
    return _page(queries.get_entry(entry_id, scope=actor.unit_path), form, personal=personal or {})


def _page(entry: AuditEntry, form: OpenForm, personal: dict[str, Any] | None = None) -> str:
    return render_template(
        "audit/show.html",
        entry=entry,
        seal=queries.find_seal(entry.id),
        form=form,
        opened=personal is not None,
        changes=changes_of(personal or {}),
        **WORDS,
    )


def _filter() -> EntryFilter:
    number = asked_text("person")
    return EntryFilter(
        who=asked_text("q"),
        action=asked_text("action"),
        role=asked_text("role"),
        object_type=asked_text("object_type"),
        object_id=asked_text("object"),
        subject_id=min(int(number), 2**31 - 1) if number.isascii() and number.isdigit() else None,
        since=asked_day("since"),
        until=asked_day("until"),
    )


def _chips(wanted: EntryFilter) -> list[tuple[str, str, str]]:
    chips = [
        ("q", _("Account"), wanted.who),
        ("action", _("Action"), choice_words(wanted.action) if wanted.action else ""),
        ("role", _("Role"), role_words(wanted.role) if wanted.role else ""),
        ("object_type", _("Object"), object_words(wanted.object_type)),
        ("object", _("Object no."), wanted.object_id),
        ("person", _("Person no."), str(wanted.subject_id or "")),
        ("since", _("From"), str(wanted.since or "")),
        ("until", _("Until"), str(wanted.until or "")),
    ]
    return [chip for chip in chips if chip[2]]
