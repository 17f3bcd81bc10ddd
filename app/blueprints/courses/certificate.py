"""The certificate of hours (学时证明) of a completed course: one's own, or of a learner one sees."""

from __future__ import annotations

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from app.access.guards import current_actor, requires
from app.blueprints.asking import asked_number
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.downloads import attachment
from app.core.documents.pdf import render_pdf
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.courses.queries.hours_certificate import get_completed, read_certificate

PAPER = "hours-certificate"


@blueprint.get("/<int:course_id>/hours.pdf")
@requires("courses.read")
def hours_certificate(course_id: int) -> ResponseReturnValue:
    """The certificate as PDF; before the course is completed, a page that says so."""
    enrolment_id = asked_number("enrolment", 1, 2**31 - 1)
    try:
        enrolment = get_completed(course_id, enrolment_id, actor=current_actor())
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        return render_template(
            "courses/no_certificate.html", course_id=course_id, why=str(error.message)
        ), 409
    check = url_for("verify.index", _external=True)
    pdf = render_pdf(PAPER, read_certificate(enrolment, check=check))
    name = f"{enrolment.person.name}学时证明（{enrolment.course.title}）.pdf"
    return attachment(pdf, name, "application/pdf")
