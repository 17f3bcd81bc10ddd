"""Who is told what about a course that is assigned to their group."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.core import clock
from app.core.db import db
from app.core.i18n import lazy_gettext as _l
from app.domain.accounts.models import Account
from app.domain.courses.models import Requirement
from app.domain.courses.telling import course_page
from app.domain.outbox.operations import Telling, notify_all
from app.domain.outbox.wording import register_notice
from app.domain.people.models import Person

register_notice(
    "courses.assigned",
    _l("Assigned to you: %(title)s"),
    _l("Finish it by %(due)s. Open its page to begin."),
)
register_notice(
    "courses.due_soon",
    _l("Due in %(days)s days: %(title)s"),
    _l("Finish it by %(due)s."),
)
register_notice(
    "courses.due_today",
    _l("Due today: %(title)s"),
    _l("Today is the last day."),
)
register_notice(
    "courses.overdue",
    _l("Overdue: %(title)s"),
    _l("It was due on %(due)s. Finish it as soon as you can."),
)
register_notice(
    "courses.nudge",
    _l("Please go on: %(title)s"),
    _l("It is assigned to you until %(due)s, and not finished yet."),
)


def tell_group(made: Requirement, person_ids: Sequence[int], kind: str) -> None:
    """Tell these people of the group, those with an account."""
    rows = db.session.execute(
        select(Account.id, Account.email, Account.language)
        .join(Person, Person.account_id == Account.id)
        .where(Person.id.in_(person_ids), Account.disabled_at.is_(None))
        .order_by(Account.id)
    ).all()
    parameters = {
        "title": made.course.title,
        "due": made.due_on.isoformat(),
        "days": (made.due_on - clock.today()).days,
    }
    notify_all(
        Telling(
            row.id,
            kind,
            parameters,
            link=course_page(made.course_id),
            email=row.email,
            language=row.language,
        )
        for row in rows
    )
