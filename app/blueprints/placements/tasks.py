"""What placements put on the home page: of trainees, mentors, base schools and the bureau."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.home.tasks import Task, Urgency, counted_task, home_task
from app.domain.accounts.rules import Actor
from app.domain.placements.queries.changes import list_own_placements
from app.domain.placements.queries.due import count_overdue_entries
from app.domain.placements.queries.turns import (
    entries_to_sign,
    opinions_wanted,
    results_to_confirm,
)
from app.domain.placements.rules.words import PlacementStatus


def _opinions(count: int) -> Task:
    label = ngettext("opinion on a placement to sign", "opinions on placements to sign", count)
    url = url_for("placements.index")
    return Task("opinions", label, count, url, Urgency.NOW, "signature")


# A base school, a mentor and the bureau sign one opinion each.
for _permission in ("placements.guide", "placements.host"):
    counted_task(_permission, opinions_wanted)(_opinions)


@counted_task("placements.guide", entries_to_sign)
def log_entries(count: int) -> Task:
    """Entries of trainees that wait for the mentor."""
    label = ngettext("log entry to read and sign", "log entries to read and sign", count)
    return Task("log_entries", label, count, url_for("placements.mentoring"), Urgency.NOW, "edit")


@counted_task("placements.decide", results_to_confirm)
def results(count: int) -> Task:
    """Results that only wait to be confirmed."""
    label = ngettext("result of a placement to confirm", "results of placements to confirm", count)
    url = url_for("placements.index")
    return Task("placement_results", label, count, url, Urgency.NOW, "check")


@home_task("placements.keep_log")
def own_log(actor: Actor) -> Task | None:
    """The trainee's own entries that are overdue."""
    active = [
        one for one in list_own_placements(actor.account_id) if one.status is PlacementStatus.ACTIVE
    ]
    count = sum(count_overdue_entries(active).values()) if active else 0
    if not count:
        return None
    label = _("log entries of your placement are overdue")
    return Task("own_log", label, count, url_for("placements.mine"), Urgency.NOW, "edit")
