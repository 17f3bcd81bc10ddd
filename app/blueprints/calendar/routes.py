"""One's calendar of workshops and placements: on a page, under a secret address for the phone, as a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast
from urllib.parse import urlsplit

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.access.guards import acting, current_actor, public, requires
from app.blueprints.downloads import attachment
from app.config import Settings
from app.core import clock
from app.core.errors import DomainError
from app.core.i18n import speaking
from app.domain.placements.icalendar_days import calendar_events, day_words
from app.domain.placements.queries.calendar import DayKind, PlacementDay, list_placement_days
from app.domain.workshops.icalendar_files import write_calendar
from app.domain.workshops.operations.calendars import (
    find_feed,
    find_feed_account,
    make_feed,
    revoke_feed,
)
from app.domain.workshops.queries.calendar import (
    CalendarEvent,
    list_account_events,
    list_coming,
    list_workshop_events,
)
from app.domain.workshops.queries.workshops import get_workshop
from app.extensions import limiter

blueprint = Blueprint("calendar", __name__)
DAYS_SHOWN = 12
CALENDAR = "text/calendar; charset=utf-8"


@blueprint.get("/")
@requires("self.read")
def index() -> str:
    """What comes: the sessions one takes part in or trains in, and the days of one's placement."""
    return _page(None)


def _page(token: str | None) -> str:
    account_id = current_user.account_id
    feed = find_feed(account_id)
    return render_template(
        "calendar/index.html",
        events=list_coming(list_account_events(account_id), clock.now()),
        placement_days=_to_show(list_placement_days(account_id)),
        day_words=day_words,
        feed=feed if feed is not None and feed.revoked_at is None else None,
        address=_address(token) if token else None,
        local=clock.local,
        today=clock.today(),
    )


def _to_show(days: Sequence[PlacementDay]) -> list[PlacementDay]:
    """What is overdue and what comes next."""
    today = clock.today()
    passing = {DayKind.BEGINS, DayKind.ENDS}
    owed = [one for one in days if not one.done and (one.day >= today or one.kind not in passing)]
    return owed[:DAYS_SHOWN]


def _address(token: str) -> str:
    return f"{_settings().base_url.rstrip('/')}{url_for('calendar.feed', token=token)}"


def _settings() -> Settings:
    return cast(Settings, current_app.extensions["settings"])


@blueprint.post("/address")
@requires("self.read")
def make_address() -> ResponseReturnValue:
    """Make the secret address, or a new one in its place; this answer alone shows it."""
    with acting() as actor:
        token = make_feed(current_user.account_id, actor=actor)
    return _page(token)


@blueprint.post("/address/revoke")
@requires("self.read")
def revoke_address() -> ResponseReturnValue:
    """Make the secret address worthless."""
    try:
        with acting() as actor:
            revoke_feed(current_user.account_id, actor=actor)
    except DomainError as error:
        flash(str(error.message), "info")
    else:
        flash(_("The address is worthless from now on."), "success")
    return redirect(url_for("calendar.index"))


@blueprint.get("/<string:token>.ics")
@limiter.limit("60 per minute")
@public
def feed(token: str) -> Response:
    """The calendar behind a secret address; 404 for any other."""
    account = find_feed_account(token)
    if account is None:
        abort(404)
    with speaking(account.language):
        data = _write(
            list_account_events(account.id), _("Trainings"), list_placement_days(account.id)
        )
    response = Response(data, content_type=CALENDAR)
    response.headers["Cache-Control"] = "private, max-age=900"
    return response


@blueprint.get("/workshops/<int:workshop_id>.ics")
@requires("workshops.read")
def workshop_file(workshop_id: int) -> Response:
    """The sessions of one workshop as a file."""
    workshop = get_workshop(workshop_id, actor=current_actor())
    data = _write(list_workshop_events(workshop.id), workshop.title)
    return attachment(data, f"{workshop.title}.ics", CALENDAR)


def _write(events: list[CalendarEvent], name: str, days: Sequence[PlacementDay] = ()) -> bytes:
    base_url = _settings().base_url
    host = urlsplit(base_url).hostname or "xinyu"
    now = clock.now()
    others = calendar_events(days, host=host, base_url=base_url, now=now)
    return write_calendar(events, name=name, host=host, base_url=base_url, now=now, others=others)
