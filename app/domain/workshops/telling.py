"""Notices of the area: who is told what, in the transaction of the act."""

from __future__ import annotations

from app.core.i18n import lazy_gettext as _l
from app.domain.outbox.wording import register_notice
from app.domain.people.operations.telling import tell_accounts, tell_people

__all__ = ["page_of", "tell_accounts", "tell_people"]

register_notice(
    "workshops.confirmed",
    _l("You have a seat: %(title)s"),
    _l("Your enrolment is confirmed. Times and places stand on the page of the workshop."),
)
register_notice(
    "workshops.pending",
    _l("Your application waits for approval: %(title)s"),
    _l("It holds its place from now on. You will be told what was decided."),
)
register_notice(
    "workshops.waitlisted",
    _l("You are on the waitlist: %(title)s"),
    _l("Your place in line: %(position)s. As soon as a seat is free for you, it is yours."),
)
register_notice(
    "workshops.promoted",
    _l("A seat became free for you: %(title)s"),
    _l("You moved up from the waitlist. If you cannot come, withdraw, so that the next one can."),
)
register_notice(
    "workshops.approved",
    _l("Your application was approved: %(title)s"),
    _l("Times and places stand on the page of the workshop."),
)
register_notice(
    "workshops.rejected",
    _l("Your application was not approved: %(title)s"),
    _l("Reason: %(reason)s"),
)
register_notice(
    "workshops.withdrawn",
    _l("Your enrolment has ended: %(title)s"),
    _l("Reason: %(reason)s"),
)
register_notice(
    "workshops.cancelled",
    _l("Cancelled: %(title)s"),
    _l("Reason: %(reason)s"),
)
register_notice(
    "workshops.changed",
    _l("Changed time or place: %(title)s"),
    _l("Now: %(when)s, %(place)s. If you cannot come, withdraw, so that the next one can."),
)
register_notice(
    "workshops.changed_clash",
    _l("Changed time or place, and you are bound elsewhere: %(title)s"),
    _l(
        "Now: %(when)s, %(place)s. At that time there is: %(bound)s. You keep your seat; if you cannot come, withdraw"
        " or speak to the organiser."
    ),
)
register_notice(
    "workshops.session_cancelled",
    _l("A session does not take place: %(title)s"),
    _l("%(when)s. Reason: %(reason)s"),
)
register_notice(
    "workshops.assigned",
    _l("You train in a workshop: %(title)s"),
    _l("Roster, attendance and grades stand on its page."),
)
register_notice(
    "workshops.reminder",
    _l("Tomorrow: %(title)s"),
    _l("It begins at %(when)s, %(place)s."),
)
register_notice(
    "workshops.result_published",
    _l("Your result is published: %(title)s"),
    _l(
        "Marks, total and grade stand on the page of your result; you can appeal there for some days."
    ),
)
register_notice(
    "workshops.mark_changed",
    _l("A mark of yours was changed: %(title)s"),
    _l("%(criterion)s. Reason: %(reason)s"),
)
register_notice(
    "workshops.appeal_made",
    _l("%(name)s appeals against a result: %(title)s"),
    _l("Look at the marks again and answer with a reason."),
)
register_notice(
    "workshops.appeal_answered",
    _l("Your appeal was answered: %(title)s"),
    _l("%(answer)s"),
)
register_notice(
    "workshops.assignment_set",
    _l("New assignment “%(assignment)s”: %(title)s"),
    _l("What to hand in and until when stands on the page of assignments."),
)
register_notice(
    "workshops.leave_asked",
    _l("%(name)s asks for leave: %(title)s"),
    _l("%(when)s. Answer on the attendance page."),
)
register_notice(
    "workshops.leave_granted",
    _l("Your leave was granted: %(title)s"),
    _l("%(when)s. %(answer)s"),
)
register_notice(
    "workshops.leave_refused",
    _l("Your leave was not granted: %(title)s"),
    _l("%(when)s. %(answer)s"),
)
register_notice(
    "workshops.completed",
    _l("Completed: %(title)s"),
    _l("%(hours)s credit hours are in your record."),
)
register_notice(
    "workshops.not_completed",
    _l("Not completed: %(title)s"),
    _l("%(conditions)s If that is wrong, write to the organiser."),
)
register_notice(
    "workshops.feedback_open",
    _l("What did you think of it? %(title)s"),
    _l("The questionnaire is open: two minutes, without your name."),
)
register_notice(
    "workshops.reopened",
    _l("Opened again: %(title)s"),
    _l("Results and hours will be settled anew. Reason: %(reason)s"),
)


def page_of(workshop_id: int) -> str:
    """The address of a workshop's page, for the link of a notice."""
    return f"/workshops/{workshop_id}"
