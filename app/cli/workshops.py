"""`flask workshops`: recount seats."""

from __future__ import annotations

import click
from flask.cli import AppGroup
from sqlalchemy import select

from app.core.db import db
from app.domain.workshops.models import Workshop
from app.domain.workshops.operations.capacity import SeatReport, audit_seats

group = AppGroup("workshops", help="Look after workshops.")


@group.command("audit-seats")
def audit_seats_command() -> None:
    """Recount the seats of every workshop from its enrolments; exit with 1 at any difference.

    Reported are counters that are wrong, pools with more people than seats, seats that do not come to the
    capacity, and people who wait although a free seat fits them.
    """
    ids = db.session.scalars(select(Workshop.id).order_by(Workshop.id)).all()
    broken = 0
    for workshop_id in ids:
        report = audit_seats(db.session.get_one(Workshop, workshop_id))
        db.session.rollback()
        if report.is_sound:
            continue
        broken += 1
        for sentence in sentences(report):
            click.echo(f"Workshop {report.workshop_id}, {report.title}: {sentence}")
    if broken:
        click.echo(f"{broken} of {len(ids)} workshops differ.")
        raise SystemExit(1)
    click.echo(f"All seats are right: {len(ids)} workshops.")


def sentences(report: SeatReport) -> list[str]:
    """What a recount found, one sentence each."""
    told = [
        f"pool {found.pool_id} of {found.seats} seats says {found.taken} are taken,"
        f" the enrolments say {found.counted}."
        for found in report.differences
    ]
    if report.seats != report.capacity:
        told.append(f"the pools have {report.seats} seats, the capacity is {report.capacity}.")
    if report.passed_over:
        numbers = ", ".join(str(number) for number in report.passed_over)
        told.append(f"a free seat fits those who wait with enrolment {numbers}.")
    return told
