"""What happened to a person's record, in words; values opened for who may read the record, numbers masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.blueprints.people.words import (
    ACTIONS,
    CREDENTIAL_STATES,
    END_REASONS,
    FIELDS,
    ROLES,
    SEXES,
)
from app.domain.audit.models import AuditEntry
from app.domain.audit.operations import open_personal
from app.domain.people.rules import ChangeAction
from app.domain.people.rules.identity import mask_identity_number, mask_phone

TITLES = {
    "people.register": _l("Entered into the registry"),
    "people.correct": _l("Record corrected"),
    "people.correct_own": _l("Corrected by the person"),
    "people.reveal": _l("Number revealed"),
    "people.ask_correction": _l("The person asks for a correction"),
    "people.merge": _l("Another record merged into this one"),
    "people.merged_away": _l("Merged into another record"),
    "people.undo_merge": _l("Merge undone"),
    "postings.begin": _l("Posting begins"),
    "postings.end": _l("Posting ends"),
    "people.end_posting": _l("Posting ends"),
    "people.transfer": _l("Posting moves with the unit"),
    "postings.undo_end": _l("End of the posting taken back"),
    "postings.correct": _l("Posting corrected"),
    "posting_changes.propose": _l("The school proposes a change"),
    "posting_changes.withdraw": _l("The school withdraws its proposal"),
    "posting_changes.confirm": _l("Proposal confirmed"),
    "posting_changes.send_back": _l("Proposal sent back"),
}
AREAS = {
    "credentials": _l("Credential"),
    "designations": _l("Lead-teacher designation"),
    "lead_teachers": _l("Lead-teacher designation"),
    "studios": _l("Studio"),
    "trainings": _l("Training record"),
    "imports": _l("Import"),
}
ICONS = {
    "people.register": ("user-plus", "success"),
    "people.reveal": ("eye", "warning"),
    "people.ask_correction": ("help", "warning"),
    "people.merge": ("git-merge", "info"),
    "postings.begin": ("circle-plus", "success"),
    "postings.end": ("circle-minus", "neutral"),
    "posting_changes.send_back": ("arrow-back-up", "danger"),
}
_SHOWN_DETAILS = (
    "role", "subject", "title", "recruited_on", "valid_from", "valid_until", "end_reason",
)  # fmt: skip
_WORDS: dict[str, Any] = {
    "role": {role.value: text for role, text in ROLES.items()},
    "sex": {sex.value: text for sex, text in SEXES.items()},
    "end_reason": {reason.value: text for reason, text in END_REASONS.items()},
    "state": {state.value: text for state, text in CREDENTIAL_STATES.items()},
}
_MASKS = {"id_number": mask_identity_number, "phone": mask_phone}


@dataclass(frozen=True)
class Event:
    """One entry of the history as the page shows it."""

    title: str
    at: datetime
    by: str
    role: str
    reason: str | None
    icon: str
    tone: str
    note: str = ""
    changes: list[tuple[str, str | None, str | None]] = field(default_factory=list)


def events(entries: Iterable[AuditEntry]) -> list[Event]:
    """The entries in words."""
    return [_event(entry) for entry in entries]


def _event(entry: AuditEntry) -> Event:
    icon, tone = ICONS.get(entry.action, ("pencil", "neutral"))
    personal = open_personal(entry) or {}
    return Event(
        title=_title(entry.action),
        at=entry.at,
        by=entry.actor_name,
        role=entry.role,
        reason=entry.reason,
        icon=icon,
        tone=tone,
        note=_note(entry, personal),
        changes=_personal_changes(personal) + _posting_changes(entry),
    )


def _title(action: str) -> str:
    if action in TITLES:
        return str(TITLES[action])
    area = action.partition(".")[0]
    return _("%(area)s changed", area=AREAS.get(area, area))


def _note(entry: AuditEntry, personal: dict[str, Any]) -> str:
    details = entry.details
    if entry.action == "people.reveal":
        return str(FIELDS.get(details.get("what", ""), ""))
    if entry.action == "people.ask_correction":
        return str(personal.get("text", ""))
    if entry.action.startswith("posting_changes."):
        action = str(ACTIONS[ChangeAction(details["action"])])
        return f"{details.get('unit_name', '')} · {action} · {details.get('on', '')}"
    return str(details.get("unit_name") or details.get("title") or details.get("name") or "")


def _personal_changes(personal: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    before, after = personal.get("before") or {}, personal.get("after") or {}
    if not isinstance(before, dict) or not isinstance(after, dict):
        return []
    names = [name for name in FIELDS if name in before or name in after]
    return [
        (str(FIELDS[name]), _shown(name, before.get(name)), _shown(name, after.get(name)))
        for name in names
    ]


def _posting_changes(entry: AuditEntry) -> list[tuple[str, str | None, str | None]]:
    if not entry.action.startswith("postings."):
        return []
    before = entry.details.get("before") or {}
    if before:
        names = [name for name in _SHOWN_DETAILS if name in before]
    else:
        names = [name for name in _SHOWN_DETAILS if name in entry.details]
        if entry.action == "postings.end":
            names = [name for name in names if name in ("valid_until", "end_reason")]
    return [
        (str(FIELDS[name]), _shown(name, before.get(name)), _shown(name, entry.details.get(name)))
        for name in names
    ]


def _shown(name: str, value: Any) -> str | None:
    if value is None or value == "":
        return None
    if name in _MASKS:
        return _MASKS[name](str(value))
    if name in _WORDS:
        return str(_WORDS[name].get(str(value), value))
    return str(value)
