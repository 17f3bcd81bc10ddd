"""What needs doing, one provider per kind of work. A page that is not there leaves no task."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.blueprints.home.tasks import Task, Urgency, counted_task, home_task
from app.core import clock
from app.core.db import db
from app.domain.accounts.operations.privacy import has_acknowledged
from app.domain.accounts.queries.accounts import count_accounts
from app.domain.accounts.rules import Actor
from app.domain.exchange.queries import previews, waiting_rows
from app.domain.people.queries.accounts import AccountState, count_account_states
from app.domain.people.queries.changes import count_recently_sent_back, waiting_changes
from app.domain.statistics.gaps import (
    Gap,
    count_schools_without_counselor,
    list_counties_without_lead_teacher,
)

SENT_BACK_FOR = timedelta(days=30)


def _task(
    key: str, label: str, count: int, icon: str, urgency: Urgency, endpoint: str, **values: Any
) -> Task | None:
    """The task, unless there is nothing to do or its page does not exist."""
    if not count or endpoint not in current_app.view_functions:
        return None
    return Task(key, label, count, url_for(endpoint, **values), urgency, icon)


@home_task("self.read")
def privacy(actor: Actor) -> Task | None:
    known = actor.account_id is None or has_acknowledged(actor.account_id)
    label = _("Read the privacy notice and confirm it")
    return _task("privacy", label, int(not known), "shield-lock", Urgency.NOW, "accounts.privacy")


@counted_task("people.confirm", lambda actor: waiting_changes(actor.unit_path))
def proposals(count: int) -> Task:
    label = ngettext(
        "proposal of a school to confirm or send back",
        "proposals of schools to confirm or send back",
        count,
    )
    url = url_for("posting_changes.index")
    return Task("proposals", label, count, url, Urgency.NOW, "list-check")


@counted_task("imports.use", lambda actor: waiting_rows(actor.unit_path))
def unresolved_rows(count: int) -> Task:
    label = ngettext(
        "imported row waits for you to say who is meant",
        "imported rows wait for you to say who is meant",
        count,
    )
    url = url_for("imports.queue")
    return Task("unresolved", label, count, url, Urgency.NOW, "user-question")


@counted_task("imports.use", lambda actor: previews(actor.unit_path))
def waiting_previews(count: int) -> Task:
    label = ngettext(
        "import waits at its preview: confirm or discard it",
        "imports wait at their preview: confirm or discard them",
        count,
    )
    url = url_for("imports.index")
    return Task("previews", label, count, url, Urgency.NOW, "table-import")


@home_task("people.propose")
def sent_back(actor: Actor) -> Task | None:
    if actor.may("people.confirm"):
        return None
    count = count_recently_sent_back(actor.unit_path, clock.now() - SENT_BACK_FOR)
    label = ngettext(
        "proposal was sent back in the last 30 days",
        "proposals were sent back in the last 30 days",
        count,
    )
    return _task(
        "sent_back",
        label,
        count,
        "arrow-back-up",
        Urgency.NOW,
        "posting_changes.index",
        state="sent_back",
    )


@home_task("people.propose")
def without_account(actor: Actor) -> Task | None:
    if actor.may("people.confirm"):
        return None
    count = count_account_states(actor.unit_path, today=clock.today())[AccountState.NONE]
    label = ngettext(
        "colleague has no account yet: print a slip",
        "colleagues have no account yet: print slips",
        count,
    )
    return _task(
        "without_account",
        label,
        count,
        "qrcode",
        Urgency.WHEN_THERE_IS_TIME,
        "slips.index",
        state="none",
    )


@home_task("people.propose")
def schools_without_counselor(actor: Actor) -> Task | None:
    if actor.may("policies.edit"):
        return None
    count = count_schools_without_counselor(db.session(), actor.unit_path, clock.today())
    label = ngettext("school without a counselor", "schools without a counselor", count)
    return _task(
        "schools",
        label,
        count,
        "school",
        Urgency.SOON,
        "gaps.show",
        text=Gap.SCHOOLS_WITHOUT_COUNSELOR.value,
    )


@home_task("policies.edit")
def gap_counties(actor: Actor) -> Task | None:
    counties = list_counties_without_lead_teacher(db.session(), actor.unit_path, clock.today())
    label = ngettext(
        "county without a lead teacher: %(names)s",
        "counties without a lead teacher: %(names)s",
        len(counties),
        names=_(", ").join(county.name for county in counties[:6]),
    )
    return _task(
        "gap_counties",
        label,
        len(counties),
        "flag",
        Urgency.SOON,
        "gaps.show",
        text=Gap.COUNTIES_WITHOUT_LEAD_TEACHER.value,
    )


@home_task("accounts.manage")
def locked_accounts(actor: Actor) -> Task | None:
    count = count_accounts(actor.unit_path, "locked", now=clock.now(), today=clock.today())
    label = ngettext("account is locked", "accounts are locked", count)
    return _task("locked", label, count, "lock", Urgency.NOW, "users.index", state="locked")


@home_task("accounts.manage")
def ending_roles(actor: Actor) -> Task | None:
    count = count_accounts(actor.unit_path, "ending", now=clock.now(), today=clock.today())
    label = ngettext(
        "account has a role that ends within 30 days",
        "accounts have a role that ends within 30 days",
        count,
    )
    return _task("ending", label, count, "hourglass", Urgency.SOON, "users.index", state="ending")


@home_task("inbox.read")
def unread(actor: Actor) -> Task | None:
    label = ngettext("unread notice", "unread notices", actor.unread)
    return _task("unread", label, actor.unread, "bell", Urgency.SOON, "inbox.index")
