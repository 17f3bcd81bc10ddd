"""The training passport (培训档案): one PDF of somebody's trainings, hours by year and cycle, and certificates."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_babel import force_locale

from app.access.guards import current_actor, requires
from app.blueprints.certificates.blueprint import blueprint
from app.blueprints.certificates.issued import standing_today
from app.blueprints.downloads import attachment
from app.blueprints.people.words import LEVELS
from app.core import addresses, clock
from app.core.documents.pdf import render_pdf
from app.domain.certificates.facts import KIND_NAMES
from app.domain.certificates.models import Certificate, Credential
from app.domain.certificates.queries.issued import list_certificates_of_person
from app.domain.certificates.queries.wallet import list_shown_credentials
from app.domain.certificates.rules.verifying import Standing
from app.domain.people.models import Person
from app.domain.people.operations.own import get_own_record
from app.domain.people.queries.record import find_main_posting, list_postings
from app.domain.people.rules import TrainingLevel
from app.domain.people.sealed import masked_identity_number
from app.domain.statistics.hours import Asked, PersonHours, Training, read_hours
from app.domain.units.models import Unit

STANDINGS = {
    Standing.VALID: "有效",
    Standing.EXPIRED: "已过期",
    Standing.REPLACED: "已补发（原件作废）",
    Standing.REVOKED: "已撤销",
}  # as the paper says it, whatever the reader's language


@blueprint.get("/passport.pdf")
@requires("certificates.hold")
def passport() -> Response:
    """One's own, as of today."""
    person = get_own_record(current_actor())
    pdf = render_pdf("training-passport", passport_facts(person))
    return attachment(pdf, f"{person.name}培训档案.pdf", "application/pdf")


def passport_facts(person: Person) -> dict[str, Any]:
    """What the paper says."""
    today = clock.today()
    unit = _unit(person)
    hours = read_hours(person.id, unit.path, today)
    return {
        "name": person.name,
        "id_number": masked_identity_number(person.id_number_sealed) or "",
        "school": unit.name,
        "made_on": today,
        "cycle": _asked(hours.cycle),
        "years": _years(hours),
        "trainings": [_training(one) for one in hours.trainings],
        "certificates": [_certificate(one) for one in list_certificates_of_person(person.id)],
        "credentials": [_credential(one) for one in list_shown_credentials(person.id)],
        "check": f"{addresses.base_url()}/verify/",
    }


def _unit(person: Person) -> Unit:
    posting = find_main_posting(list_postings(person.id))
    return person.registered_unit if posting is None else posting.unit


def _asked(asked: Asked | None) -> dict[str, Any]:
    if asked is None:
        return {"first": "", "last": "", "hours": "", "asked": ""}
    return {
        "first": asked.first_year,
        "last": asked.last_year,
        "hours": asked.hours,
        "asked": asked.asked,
    }


def _years(hours: PersonHours) -> list[dict[str, Any]]:
    """Each year with its trainings and credited hours, the latest first."""
    return [
        {
            "year": year,
            "count": len(trainings),
            "hours": round(sum(one.credited for one in trainings), 1),
        }
        for year, trainings in hours.by_year().items()
    ]


def _training(one: Training) -> dict[str, Any]:
    with force_locale("zh_CN"):
        level = str(LEVELS[TrainingLevel(one.level)])
    started = one.started_on if one.started_on != one.ended_on else None
    period = " 至 ".join(day.isoformat() for day in (started, one.ended_on) if day)
    return {
        "title": one.title,
        "level": level,
        "period": period,
        "hours": one.credited,
        "result": one.result,
    }


def _certificate(one: Certificate) -> dict[str, Any]:
    return {
        "number": one.number,
        "title": f"{KIND_NAMES[one.kind]}：{one.title}",
        "issuer": one.public["issuer"],
        "issued_on": one.issued_on.isoformat(),
        "state": STANDINGS[standing_today(one)],
    }


def _credential(one: Credential) -> dict[str, Any]:
    expired = one.expires_on is not None and one.expires_on < clock.today()
    return {
        "number": one.number,
        "title": one.kind.name,
        "issuer": one.issuer,
        "issued_on": one.issued_on.isoformat() if one.issued_on else "",
        "state": "已过期" if expired else "已核验",
    }
