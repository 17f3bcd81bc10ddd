"""Marking of work handed in: what waits, what was returned or accepted, one piece after the other."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_page, refuse_beyond
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.hand_in_forms import MarkForm
from app.blueprints.courses.lesson_contents import body_of
from app.blueprints.courses.lesson_kinds import HAND_IN_STATUSES, HAND_IN_TONES
from app.blueprints.units.acts import show_refusal
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.courses.operations.handing_in import Judgement, mark_hand_in
from app.domain.courses.queries import hand_ins as queries
from app.domain.courses.queries.visibility import get_taught_course
from app.domain.courses.rules.hand_ins import why_not_mark
from app.domain.courses.rules.words import HandInStatus

_ALL = "all"


@blueprint.get("/<int:course_id>/marking")
@requires("courses.teach")
def marking(course_id: int) -> str:
    """What was handed in: at first what waits, the longest first."""
    course = get_taught_course(course_id, actor=current_actor())
    status = request.args.get("status") or HandInStatus.HANDED_IN.value
    lesson = request.args.get("lesson") or None
    page = queries.page_of_work(
        course_id,
        asked_page(),
        status=HandInStatus(status) if status in set(HandInStatus) else None,
        lesson_key=lesson,
    )
    refuse_beyond(page)
    return render_template(
        "courses/marking.html",
        course=course,
        page=page,
        statuses=[(one.value, text) for one, text in HAND_IN_STATUSES.items()] + [(_ALL, _("All"))],
        status_words=HAND_IN_STATUSES,
        tones=HAND_IN_TONES,
        lessons=queries.list_marked_lessons(course_id),
        waiting_status=HandInStatus.HANDED_IN.value,
    )


@blueprint.route("/<int:course_id>/marking/work/<int:hand_in_id>", methods=["GET", "POST"])
@requires("courses.teach")
def mark_work(course_id: int, hand_in_id: int) -> ResponseReturnValue:
    """One piece of work: read it, accept or return it, go on with the next."""
    course = get_taught_course(course_id, actor=current_actor())
    work = queries.get_taught_hand_in(hand_in_id, course_id, actor=current_actor())
    form = MarkForm(obj=work)
    if form.validate_on_submit():
        judgement = Judgement(
            form.decision.data == "accept", form.marks.data, form.feedback.data or ""
        )
        try:
            with acting() as actor:
                mark_hand_in(hand_in_id, judgement, actor=actor, now=clock.now())
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
        else:
            return _next(course_id, hand_in_id, judgement)
    work = queries.get_taught_hand_in(hand_in_id, course_id, actor=current_actor())
    page = render_template(
        "courses/mark_work.html",
        course=course,
        work=work,
        form=form,
        body=body_of(work.lesson),
        history=queries.list_hand_ins(work.enrolment_id, work.lesson_id),
        closed=why_not_mark(work.status, replaced=work.replaced_at is not None),
        status_words=HAND_IN_STATUSES,
        tones=HAND_IN_TONES,
    )
    return (page, 422) if form.errors or form.form_errors else page


def _next(course_id: int, hand_in_id: int, judgement: Judgement) -> ResponseReturnValue:
    flash(_("Accepted.") if judgement.accept else _("Returned."), "success")
    following = queries.find_next_waiting(course_id, hand_in_id)
    if following is None:
        return redirect(url_for("courses.marking", course_id=course_id))
    return redirect(url_for("courses.mark_work", course_id=course_id, hand_in_id=following))
