"""Which notices an account also wants by mail. The inbox holds every notice; what guards an account is always sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from app.core.db import db, execute
from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.domain.outbox.models import MailChoice

_CHOSEN = select(MailChoice.mail).where(
    MailChoice.account_id == bindparam("account_id"), MailChoice.group == bindparam("group_key")
)


@dataclass(frozen=True, slots=True)
class Group:
    """Kinds of notices that are chosen together. ``kinds``: whole kinds, or areas ending in a dot."""

    key: str
    label: Any
    help: Any
    kinds: tuple[str, ...]
    permissions: tuple[str, ...] = ()


# The first group with the kind, else with its area, holds it. A kind in no group (passwords, roles) is always sent.
GROUPS: tuple[Group, ...] = (
    Group(
        "schedule",
        _l("Changed and coming workshops"),
        _l(
            "A changed time or place, a cancelled session, the reminder the day before, leave, assignments."
        ),
        (
            "workshops.changed",
            "workshops.changed_clash",
            "workshops.session_cancelled",
            "workshops.cancelled",
            "workshops.reminder",
            "workshops.assignment_set",
            "workshops.leave_granted",
            "workshops.leave_refused",
        ),
        ("workshops.enrol",),
    ),
    Group(
        "trained",
        _l("Workshops I train in"),
        _l("A new workshop, somebody asks for leave or appeals against a result."),
        ("workshops.assigned", "workshops.leave_asked", "workshops.appeal_made"),
        ("workshops.grade",),
    ),
    Group(
        "results",
        _l("Results"),
        _l("A published or changed grade, the answer to an appeal, completion, the questionnaire."),
        (
            "workshops.result_published",
            "workshops.mark_changed",
            "workshops.appeal_answered",
            "workshops.completed",
            "workshops.not_completed",
            "workshops.reopened",
            "workshops.feedback_open",
        ),
        ("workshops.enrol",),
    ),
    Group(
        "enrolments",
        _l("Enrolments"),
        _l("A seat, a place in line, what was decided on an application."),
        ("workshops.",),
        ("workshops.enrol",),
    ),
    Group(
        "credentials",
        _l("My certificates"),
        _l(
            "One you brought that was verified, sent back or rejected, or that expires soon; one issued to you."
        ),
        (
            "credentials.verified",
            "credentials.sent_back",
            "credentials.rejected",
            "credentials.reopened",
            "credentials.revoked",
            "credentials.unrevoked",
            "credentials.expires",
            "certificates.",
        ),
        ("self.read",),
    ),
    Group(
        "courses",
        _l("My online courses"),
        _l(
            "Courses assigned to you and when they are due, quizzes and work that was marked, hours."
        ),
        ("courses.", "recognitions."),
        ("courses.learn",),
    ),
    Group(
        "course_work",
        _l("Work on online courses"),
        _l("A course you teach, answers that wait for marks, hours that somebody asks for."),
        (
            "courses.answers_wait",
            "courses.teaches",
            "courses.version_published",
            "recognitions.checked",
            "recognitions.submitted",
        ),
        ("courses.teach", "recognitions.check"),
    ),
    Group(
        "issuing",
        _l("Issuing certificates"),
        _l("A batch of certificates whose papers are made, or that failed."),
        ("certificates.made", "certificates.failed"),
        ("certificates.issue",),
    ),
    Group(
        "semester",
        _l("My placement"),
        _l("Log entries due, signed or sent back, leave."),
        (
            "placements.entries_signed",
            "placements.entry_sent_back",
            "placements.entry_reopened",
            "placements.entry_due",
            "placements.entry_overdue",
            "placements.leave_granted",
            "placements.leave_refused",
        ),
        ("placements.keep_log",),
    ),
    Group(
        "placements",
        _l("Placements"),
        _l("Nominations, who is placed, leave asked for, signatures and opinions due, changes."),
        ("placements.",),
        ("placements.see",),
    ),
    Group(
        "imports",
        _l("Imports"),
        _l("A workbook that was checked in the background, that landed or that failed."),
        ("imports.",),
        ("imports.use", "imports.units"),
    ),
    Group(
        "records",
        _l("Records of people"),
        _l("Proposed changes that were confirmed or sent back, corrections asked for."),
        ("people.", "posting_changes.", "credentials."),
        ("people.propose", "people.confirm"),
    ),
)


def group_of(kind: str) -> Group | None:
    """The group a kind of notice belongs to; None for what is always sent."""
    area = f"{kind.partition('.')[0]}."
    for wanted in (kind, area):
        for group in GROUPS:
            if wanted in group.kinds:
                return group
    return None


def wants_mail(account_id: int, kind: str) -> bool:
    """Whether a notice of this kind goes out to the account by mail, too."""
    group = group_of(kind)
    if group is None:
        return True
    chosen = execute(_CHOSEN, {"account_id": account_id, "group_key": group.key}).scalar()
    return True if chosen is None else bool(chosen)


def list_choices(account_id: int) -> dict[str, bool]:
    """For every group whether the account wants mails."""
    chosen = {
        choice.group: choice.mail
        for choice in db.session.scalars(
            select(MailChoice).where(MailChoice.account_id == account_id)
        )
    }
    return {group.key: chosen.get(group.key, True) for group in GROUPS}


def choose_mails(account_id: int, wanted: Mapping[str, bool]) -> list[str]:
    """Store what an account wants by mail; the groups that changed. Raises ``unknown_group``."""
    known = list_choices(account_id)
    if not set(wanted) <= set(known):
        raise InvalidInput(_("There is no such group of notices."), "unknown_group")
    changed = sorted(key for key, mail in wanted.items() if known[key] != mail)
    for key in changed:
        db.session.merge(MailChoice(account_id=account_id, group=key, mail=wanted[key]))
    db.session.flush()
    return changed
