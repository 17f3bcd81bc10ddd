"""The teacher's side: what is open, what I am in, what my hours come to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flask import render_template
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.asking import asked_page, refuse_beyond
from app.blueprints.certificates.words import KINDS
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.enrolment_words import GRADES, STATUSES, STEPS, why_not
from app.core import clock
from app.core.errors import NotFound
from app.domain.certificates.models import Certificate
from app.domain.certificates.queries.issued import list_of_records
from app.domain.statistics.hours import read_hours
from app.domain.statistics.words import LEVELS
from app.domain.workshops.queries.eligibility import read_facts
from app.domain.workshops.queries.enrolments import find_own_person_id
from app.domain.workshops.queries.openings import list_openings
from app.domain.workshops.queries.own import Place, list_places


def own_person_id() -> int:
    """The person of this account; NotFound with a hint where there is none."""
    person_id = find_own_person_id(current_actor().account_id)
    if person_id is None:
        raise NotFound(
            _("This account belongs to nobody in the registry. Ask your school to link it."),
            "no_person",
        )
    return person_id


@blueprint.get("/open")
@requires("workshops.enrol")
def open_to_me() -> str:
    """Workshops that take enrolments now or soon, the soonest closing first, each with why it is not for me."""
    page = list_openings(own_person_id(), actor=current_actor(), now=clock.now(), page=asked_page())
    refuse_beyond(page)
    return render_template(
        "workshops/open.html",
        page=page,
        why_not=why_not,
        statuses=STATUSES,
        levels=LEVELS,
        now=clock.now(),
    )


@blueprint.get("/mine")
@requires("workshops.enrol")
def mine() -> str:
    """My workshops: where each application stands, what comes next, what came of it."""
    person_id = own_person_id()
    page = list_places(person_id, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "workshops/mine.html",
        page=page,
        certificates=own_certificates(page.items, person_id),
        kinds=KINDS,
        statuses=STATUSES,
        steps=STEPS,
        grades=GRADES,
    )


def own_certificates(
    places: Iterable[Place], person_id: int
) -> Mapping[int, Sequence[Certificate]]:
    """What one was issued for these workshops, by training record; asks only where one completed any."""
    records = [one.enrolment.training_record_id for one in places]
    passed = [one for one in records if one is not None]
    return list_of_records(passed, person_id=person_id) if passed else {}


@blueprint.get("/hours")
@requires("workshops.enrol")
def hours() -> str:
    """My hours of this year and this cycle against what is asked, and the trainings they come from."""
    person_id = own_person_id()
    facts = read_facts([person_id])[person_id]
    found = read_hours(person_id, facts.unit_path, clock.today())
    return render_template("workshops/hours.html", hours=found, levels=LEVELS, name=facts.name)
