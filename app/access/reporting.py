"""A player's report from a page or the API: noted together with those that come in the same moment, else by itself."""

from __future__ import annotations

from collections.abc import Sequence

from flask import g

from app.access.guards import acting, current_actor
from app.core import clock
from app.core.combining import Combiner
from app.core.db import atomic, db, in_atomic
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.domain.courses.operations.progressing import Reached, report_progress
from app.domain.courses.operations.progressing_together import Report, report_together
from app.domain.courses.queries.learning import find_held_enrolment_id
from app.domain.courses.rules.progress import Told


def _carry_out(reports: Sequence[Report]) -> list[Reached | None]:
    with atomic():
        return report_together(reports)


_reports: Combiner[Report, Reached] = Combiner(_carry_out)


def report(course_id: int, enrolment_id: int, lesson_id: int, told: Told) -> Reached:
    """Note what a player reports of one's own learning; raises NotFound when it is not, else as ``report_progress``."""
    reached = None
    if not in_atomic():  # a request with an Idempotency-Key has a transaction of its own
        wish = Report(
            course_id, enrolment_id, lesson_id, told, current_actor(), first=g.get("within_act")
        )
        reached = _reports.join(db.engine, wish)
    if reached is not None:
        g.pop("within_act", None)
        return reached
    with acting() as actor:
        if find_held_enrolment_id(course_id, account_id=actor.account_id) != enrolment_id:
            raise NotFound(_("You are not in this course. Take part in it first."))
        return report_progress(enrolment_id, lesson_id, told, actor=actor, now=clock.now())
