"""Sessions as a calendar file (RFC 5545): UTC times, stable UIDs, a SEQUENCE that rises with every change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from icalendar import Calendar, Event

from app.core.i18n import gettext as _
from app.domain.workshops.queries.calendar import CalendarEvent

PRODUCT = "-//Xinyu//Workshops//ZH"
REFRESH = timedelta(hours=1)


def write_calendar(
    events: Iterable[CalendarEvent],
    *,
    name: str,
    host: str,
    base_url: str,
    now: datetime,
    others: Iterable[Event] = (),
) -> bytes:
    """A calendar of these sessions, and of ``others`` that are made already.

    ``host`` makes the UIDs unique in the world and must never change.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for event in events:
        calendar.add_component(_component(event, host=host, base_url=base_url, now=now))
    for other in others:
        calendar.add_component(other)
    return bytes(calendar.to_ical())


def _component(event: CalendarEvent, *, host: str, base_url: str, now: datetime) -> Event:
    address = f"{base_url.rstrip('/')}/workshops/{event.workshop_id}"
    part = Event()
    part.add("uid", f"session-{event.session_id}@{host}")
    part.add("sequence", event.sequence)
    part.add("dtstamp", now.astimezone(UTC))
    part.add("dtstart", event.starts_at.astimezone(UTC))
    part.add("dtend", event.ends_at.astimezone(UTC))
    part.add("summary", event.title)
    part.add("status", event.state.value)
    part.add("transp", "TRANSPARENT" if event.state.value == "CANCELLED" else "OPAQUE")
    part.add("url", address)
    lines = [_("Organised by %(unit)s", unit=event.organiser)]
    if event.contact:
        lines.append(_("Contact: %(contact)s", contact=event.contact))
    part.add("description", "\n".join([*lines, address]))
    if event.place:
        part.add("location", event.place)
    if event.latitude is not None and event.longitude is not None:
        part.add("geo", (event.latitude, event.longitude))
    return part
