"""The refusals of the semester in words (log, presence, leave, changes), and its notices. Codes are stable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.core.errors import DomainError, Forbidden, InvalidInput
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext as _l
from app.domain.outbox.wording import register_notice
from app.domain.people.rules.personal_text import Finding
from app.domain.placements.rules.due import DueKind
from app.domain.placements.rules.log import HIGHEST_COUNT, HOURS_A_DAY
from app.domain.placements.rules.presence import LONGEST_LEAVE
from app.domain.placements.rules.words import ChangeKind

register_notice(
    "placements.entries_signed",
    _l("Your log was signed off: %(title)s"),
    _l("%(days)s. What it counts is in your hours now."),
)
register_notice(
    "placements.entry_sent_back",
    _l("Your log entry was sent back: %(title)s"),
    _l("%(days)s. Reason: %(reason)s"),
)
register_notice(
    "placements.entry_reopened",
    _l("A signed log entry was opened again: %(title)s"),
    _l("%(days)s. Correct it and hand it in again. Reason: %(reason)s"),
)
register_notice(
    "placements.leave_asked",
    _l("%(name)s asks for leave from the placement: %(title)s"),
    _l("%(days)s. Reason: %(reason)s"),
)
register_notice(
    "placements.leave_granted",
    _l("Your leave from the placement was granted: %(title)s"),
    _l("%(days)s. %(answer)s"),
)
register_notice(
    "placements.leave_refused",
    _l("Your leave from the placement was not granted: %(title)s"),
    _l("%(days)s. %(answer)s"),
)
register_notice(
    "placements.entry_due",
    _l("Your log entry is due: %(title)s"),
    _l("%(days)s. Hand it in by %(due)s."),
)
register_notice(
    "placements.entry_overdue",
    _l("Your log entry is overdue: %(title)s"),
    _l("%(days)s. It was due on %(due)s and will be marked late; hand it in now."),
)
register_notice(
    "placements.sign_off_due",
    _l("Log entries wait for your signature: %(name)s, %(title)s"),
    _l("Waiting: %(count)s, the first since %(since)s."),
)
register_notice(
    "placements.opinion_due",
    _l("An opinion is due: %(name)s, %(title)s"),
    _l("%(phase)s, due on %(due)s: it is your turn to write."),
)
register_notice(
    "placements.extended",
    _l("Placement extended: %(name)s, %(title)s"),
    _l("It ends on %(new)s now. Reason: %(reason)s"),
)
register_notice(
    "placements.interrupted",
    _l("Placement interrupted: %(name)s, %(title)s"),
    _l("From %(on)s on. Reason: %(reason)s"),
)
register_notice(
    "placements.resumed",
    _l("Placement resumed: %(name)s, %(title)s"),
    _l("From %(on)s on. Reason: %(reason)s"),
)
register_notice(
    "placements.mentor_changed",
    _l("Another mentor: %(name)s, %(title)s"),
    _l("%(new)s from %(on)s on, before: %(old)s. Reason: %(reason)s"),
)
register_notice(
    "placements.base_school_changed",
    _l("Another base school: %(name)s, %(title)s"),
    _l("%(new)s from %(on)s on, before: %(old)s. Reason: %(reason)s"),
)
register_notice(
    "placements.placement_withdrawn",
    _l("Placement withdrawn: %(name)s, %(title)s"),
    _l("It ended before %(on)s. Reason: %(reason)s"),
)
register_notice(
    "placements.change_refused",
    _l("Not changed: %(name)s, %(title)s"),
    _l("%(what)s. Answer of the bureau: %(answer)s"),
)
register_notice(
    "placements.change_asked",
    _l("%(unit)s asks for a change: %(name)s, %(title)s"),
    _l("%(what)s from %(on)s on. Reason: %(reason)s"),
)

CHANGES: dict[ChangeKind, Any] = {
    ChangeKind.EXTENSION: _l("Extension"),
    ChangeKind.INTERRUPTION: _l("Interruption"),
    ChangeKind.RESUMPTION: _l("Resumption"),
    ChangeKind.MENTOR: _l("Another mentor"),
    ChangeKind.BASE_SCHOOL: _l("Another base school"),
    ChangeKind.WITHDRAWAL: _l("Withdrawal"),
}

PHASES: dict[DueKind, Any] = {
    DueKind.MID_TERM: _l("Mid-term appraisal"),
    DueKind.FINAL: _l("Final appraisal"),
}


def _log_words() -> dict[str, str]:
    return {
        "period": _("The last day lies before the first."),
        "before_start": _("These days lie before the placement begins."),
        "after_end": _("These days lie after the end of the placement."),
        "future": _("These days have not come yet. Write about them when they have begun."),
        "interrupted": _("The placement was interrupted on these days; nothing is due for them."),
        "overlap": _("There is an entry for one of these days already. Open that one."),
        "signed": _(
            "The mentor has signed this entry, so it is fixed. Ask the mentor to open it again."
        ),
        "placement_over": _("This placement is over; nothing in it changes any more."),
        "handed_in": _("This entry is handed in already."),
        "content_missing": _("Write what was done before you hand it in."),
        "hours_missing": _("Say how many hours it was before you hand it in."),
        "hours_negative": _("Hours cannot be negative."),
        "hours_fraction": _("Give whole or half hours, such as 6 or 6.5."),
        "own_entry": _("Nobody signs their own entries. Another mentor has to."),
        "not_mentor": _("Only the mentor of this trainee signs entries."),
        "not_handed_in": _(
            "This entry is not handed in (any more). Wait until the trainee hands it in."
        ),
        "not_signed": _("Only a signed entry can be opened again."),
        "reason_missing": _("Give a reason."),
        "not_draft": _("Only a draft that was never handed in can be thrown away."),
        "nothing_chosen": _("Choose at least one entry."),
    }


def _activity_words() -> dict[str, str]:
    return {
        "held_outside": _("The day of an activity lies outside the days of this entry."),
        "held_in_future": _("The day of an activity has not come yet."),
        "held_in_rest": _("The placement was interrupted on the day of an activity."),
        "count": _("How often: a whole number from 1 to %(most)s.", most=HIGHEST_COUNT),
        "topic_missing": _("Say what each activity was about."),
        "too_many_activities": _("An entry holds no more activities than that."),
    }


def _presence_words() -> dict[str, str]:
    return {
        "outside": _("That day lies outside the placement."),
        "future": _("That day has not come yet."),
        "interrupted": _("The placement was interrupted on that day."),
        "placement_over": _("This placement is over; nothing in it changes any more."),
        "not_guide": _("Only the mentor and the base school record attendance and answer leave."),
        "not_trainee": _("Only the trainee does this."),
    }


def _leave_words() -> dict[str, str]:
    return {
        "period": _("The last day lies before the first."),
        "outside": _("These days lie outside the placement."),
        "too_long": _(
            "Leave lasts at most %(most)s days. For longer, ask the bureau to interrupt the placement.",
            most=LONGEST_LEAVE,
        ),
        "already_asked": _("You have asked for leave on one of these days already."),
        "placement_over": _("This placement is over; nothing in it changes any more."),
        "not_open": _("This request was answered or withdrawn meanwhile."),
        "reason_missing": _("Give a reason."),
    }


def _change_words() -> dict[str, str]:
    return {
        "placement_over": _("This placement is over; nothing in it changes any more."),
        "before_start": _("That day lies before the placement begins."),
        "after_end": _("That day lies after the end of the placement."),
        "not_later": _("The new end must lie after the present one."),
        "outside_term": _("A placement is extended by a semester after its cohort at most."),
        "interrupted": _("The placement is interrupted already."),
        "not_interrupted": _("The placement is not interrupted."),
        "before_last_change": _("That day lies before the last change took effect."),
        "reason_missing": _("Give a reason."),
        "not_bureau": _("Only the bureau changes a placement. Ask it on this page."),
        "same_mentor": _("This mentor guides the trainee already."),
        "same_base_school": _("The trainee is at this base school already."),
        "own_mentor": _("Nobody is their own mentor."),
        "asked_already": _("This was asked for already; it waits for the bureau."),
        "not_open": _("This request was answered or withdrawn meanwhile."),
        "not_host": _("Only the base school and the mentor ask for changes."),
    }


_WORDS = {
    "log": _log_words,
    "activity": _activity_words,
    "presence": _presence_words,
    "leave": _leave_words,
    "change": _change_words,
}
_INVALID = frozenset(
    {
        "period",
        "hours_negative",
        "hours_fraction",
        "hours_too_many",
        "content_missing",
        "hours_missing",
        "held_outside",
        "held_in_future",
        "held_in_rest",
        "count",
        "topic_missing",
        "too_many_activities",
        "reason_missing",
        "not_later",
        "nothing_chosen",
    }
)
_FORBIDDEN = frozenset(
    {"own_entry", "not_mentor", "not_guide", "not_trainee", "not_bureau", "not_host"}
)


def refusal(about: str, code: str, field: str | None = None) -> DomainError:
    """The refusal of a rule of the semester; ``about``: log, activity, presence, leave or change."""
    message = _WORDS[about]()[code]
    if code in _FORBIDDEN:
        return Forbidden(message, code)
    if code in _INVALID:
        return InvalidInput(message, code, field)
    return DomainError(message, code, field)


def too_many_hours(most: Any) -> DomainError:
    return InvalidInput(
        _(
            "At most %(most)s hours for these days: %(daily)s a day.",
            most=f"{most:g}" if isinstance(most, float) else f"{most}",
            daily=HOURS_A_DAY,
        ),
        "hours_too_many",
        "hours",
    )


def personal_number(findings: Sequence[Finding], field: str | None = None) -> DomainError:
    """An identity number or a phone stands in a text."""
    return InvalidInput(
        _(
            "A log holds no identity numbers and no phone numbers. Take out: %(texts)s.",
            texts="、".join(finding.text for finding in findings),
        ),
        "personal_number",
        field,
    )


def looks_personal(findings: Sequence[Finding]) -> DomainError:
    """What may be pupils' names; the trainee decides whether it stays."""
    return DomainError(
        _(
            "This looks like the name of a pupil: %(texts)s. A log never names pupils: write 学生A or “a pupil”. "
            "If it is none, hand it in all the same.",
            texts="、".join(finding.text for finding in findings),
        ),
        "looks_personal",
        findings=[finding.text for finding in findings],
    )


def days(begins_on: Any, ends_on: Any) -> str:
    """A day, or from a day to a day, as notices write it."""
    if begins_on == ends_on:
        return str(begins_on.isoformat())
    return f"{begins_on.isoformat()} – {ends_on.isoformat()}"
