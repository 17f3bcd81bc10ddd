"""The papers of a cohort: 派出函 and 接收函 by base school, nominating unit or person, as PDF and Word."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from flask import Response, abort, render_template
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.asking import asked_day, asked_number, asked_text
from app.blueprints.downloads import DOCX, attachment
from app.blueprints.placements.blueprint import blueprint
from app.core import clock
from app.core.documents.pdf import render_pdf
from app.core.documents.word import render_docx
from app.domain.placements.models import Cohort
from app.domain.placements.queries.letters import (
    Letter,
    LetterLine,
    acceptance_facts,
    dispatch_facts,
    list_letter_lines,
)
from app.domain.placements.queries.visibility import get_cohort

PAPERS = {
    "dispatch": ("placement-dispatch", dispatch_facts, "派出函"),
    "acceptance": ("placement-acceptance", acceptance_facts, "接收函"),
}
SUFFIXES = {"pdf": "application/pdf", "docx": DOCX}


@dataclass(frozen=True, slots=True)
class School:
    """A base school with who comes to it, in groups by nominating unit."""

    code: str
    name: str
    lines: list[LetterLine]
    units: list[list[LetterLine]] = field(default_factory=list)


@blueprint.get("/cohorts/<int:cohort_id>/papers")
@requires("placements.read")
def cohort_papers(cohort_id: int) -> str:
    """Every letter of the cohort that the reader sees, and what stands in all of them."""
    actor = current_actor()
    cohort = get_cohort(cohort_id, actor=actor)
    letter = _letter()
    lines = list_letter_lines(cohort, actor)
    return render_template(
        "placements/papers.html",
        cohort=cohort,
        schools=_schools(lines),
        letter=letter,
        said={
            "number": letter.number,
            "issued_on": letter.issued_on.isoformat(),
            "answers": letter.answers,
            "contact": letter.contact,
            "phone": letter.phone,
        },
    )


def _schools(lines: list[LetterLine]) -> list[School]:
    found = []
    for (code, name), group in groupby(
        lines, key=lambda line: (line.base_school_code, line.base_school)
    ):
        there = list(group)
        units = [
            list(part) for _code, part in groupby(there, key=lambda line: line.nominating_code)
        ]
        found.append(School(code, name, there, units))
    return found


def _letter() -> Letter:
    """What the address says of the letter; today where it says no day."""
    return Letter(
        number=asked_text("number"),
        issued_on=asked_day("issued_on") or clock.today(),
        contact=asked_text("contact"),
        phone=asked_text("phone"),
        answers=asked_text("answers"),
    )


@blueprint.get("/cohorts/<int:cohort_id>/papers/<string:filename>")
@requires("placements.read")
def cohort_paper(cohort_id: int, filename: str) -> Response:
    """One letter: ``dispatch`` or ``acceptance``, ``.pdf`` or ``.docx``; narrowed by the query."""
    actor = current_actor()
    cohort = get_cohort(cohort_id, actor=actor)
    name, _dot, suffix = filename.partition(".")
    if name not in PAPERS or suffix not in SUFFIXES:
        abort(404)
    school = asked_text("school")
    lines = list_letter_lines(
        cohort,
        actor,
        base_school=school or None,
        unit=asked_text("unit") or None,
        placement_id=asked_number("placement", 1, 2**31 - 1),
    )
    if not lines:
        abort(404)
    if len({line.base_school_code for line in lines}) > 1:
        abort(400, _("A letter goes to one base school. Choose one."))
    template, facts, title = PAPERS[name]
    said = facts(cohort, lines, _letter())
    data = render_pdf(template, said) if suffix == "pdf" else render_docx(template, said)
    return attachment(data, _file_name(cohort, lines, title, suffix), SUFFIXES[suffix])


def _file_name(cohort: Cohort, lines: list[LetterLine], title: str, suffix: str) -> str:
    whom = lines[0].name if len(lines) == 1 else lines[0].base_school
    return f"{cohort.title}{title}（{whom}）.{suffix}"
