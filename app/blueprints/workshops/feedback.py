"""The questionnaire after a workshop: the form on the phone, the summary for who runs it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.downloads import workbook
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.own import own_person_id
from app.core import clock
from app.core.errors import DomainError, InvalidInput
from app.core.spreadsheet import Column, write_table
from app.domain.workshops.models import Workshop
from app.domain.workshops.operations.feedback import (
    give_feedback,
    set_questions,
    why_not_feedback,
)
from app.domain.workshops.queries.feedback import (
    Returned,
    count_answers,
    list_own_questions,
    list_questions,
    read_returned,
)
from app.domain.workshops.queries.own import find_latest
from app.domain.workshops.queries.workshops import (
    get_planned_workshop,
    get_run_workshop,
    get_workshop,
    may_plan,
    may_run,
)
from app.domain.workshops.rules.feedback import (
    LEAST_ANSWERS,
    LONGEST_TEXT,
    MOST_OWN,
    RATINGS,
    Question,
    Usual,
    list_texts,
    summarise_ratings,
)

USUAL_WORDS = {
    Usual.CONTENT: _l("The content: useful for my work"),
    Usual.TRAINERS: _l("The trainers: clear and well prepared"),
    Usual.ORGANISATION: _l("The organisation: time, place, care"),
    Usual.GOOD: _l("What was good?"),
    Usual.IMPROVE: _l("What should be better?"),
}
RATING_WORDS = {
    5: _l("very good"),
    4: _l("good"),
    3: _l("fair"),
    2: _l("poor"),
    1: _l("very poor"),
}


def question_words(question: Question) -> str:
    return question.text or str(USUAL_WORDS[Usual(question.key)])


@blueprint.get("/<int:workshop_id>/feedback")
@requires("workshops.read")
def feedback(workshop_id: int) -> str:
    """Who runs the workshop sees what came back; who took part fills in the questionnaire."""
    workshop = get_workshop(workshop_id, actor=current_actor())
    if may_run(workshop, current_actor()):
        return _summary(workshop)
    return _form(workshop, {}, set())


def _form(workshop: Workshop, given: dict[str, Any], wrong: set[str]) -> str:
    refusal = why_not_feedback(find_latest(workshop.id, own_person_id()))
    return render_template(
        "workshops/feedback_form.html",
        workshop=workshop,
        questions=list_questions(workshop.id),
        words=question_words,
        ratings=RATING_WORDS,
        longest=LONGEST_TEXT,
        given=given,
        wrong=wrong,
        refusal=str(refusal.message) if refusal else "",
    )


@blueprint.post("/<int:workshop_id>/feedback")
@requires("workshops.enrol")
def send_feedback(workshop_id: int) -> ResponseReturnValue:
    """Send the questionnaire, once and without a name."""
    workshop = get_workshop(workshop_id, actor=current_actor())
    person_id = own_person_id()
    given = request.form.to_dict()
    try:
        with acting():
            give_feedback(workshop_id, person_id, given)
    except InvalidInput as error:
        flash(str(error.message), "danger")
        workshop = get_workshop(workshop_id, actor=current_actor())
        return _form(workshop, given, set(error.details.get("questions", ()))), 422
    except DomainError as error:
        flash(str(error.message), "info")
    else:
        flash(_("Thank you. Your answers are kept without your name."), "success")
    return redirect(url_for("workshops.mine"))


def _summary(workshop: Workshop) -> str:
    questions = list_questions(workshop.id)
    returned = read_returned(workshop.id)
    return render_template(
        "workshops/feedback.html",
        workshop=workshop,
        returned=returned,
        rated=_rated(questions, returned),
        texts=_texts(questions, returned),
        ratings=RATING_WORDS,
        least=LEAST_ANSWERS,
        may_ask=may_plan(workshop, current_actor()) and not returned.given,
    )


def _rated(questions: list[Question], returned: Returned) -> list[tuple[str, Any]]:
    return [
        (question_words(question), summarise_ratings(question.key, returned.answers))
        for question in questions
        if question.rated
    ]


def _texts(questions: list[Question], returned: Returned) -> list[tuple[str, list[str]]]:
    return [
        (question_words(question), list_texts(question.key, returned.answers))
        for question in questions
        if not question.rated
    ]


@blueprint.get("/<int:workshop_id>/feedback/export")
@requires("workshops.read")
def export_feedback(workshop_id: int) -> Response:
    """The summary as a workbook; only from five answers on."""
    workshop = get_run_workshop(workshop_id, actor=current_actor())
    questions, returned = list_questions(workshop.id), read_returned(workshop.id)
    if not returned.enough:
        raise DomainError(
            _(
                "Shown from %(least)s answers on, so that nobody is recognised.",
                least=LEAST_ANSWERS,
            ),
            "too_few_answers",
        )
    rows: list[list[Any]] = [
        [text, rated.mean, rated.total, *(rated.counts[rating] for rating in RATINGS)]
        for text, rated in _rated(questions, returned)
    ]
    rows += [
        [text, None, None, said] for text, list_ in _texts(questions, returned) for said in list_
    ]
    columns = [
        Column(_("Question"), 40),
        Column(_("Mean"), 8, "0.00"),
        Column(_("Answers"), 8),
        *(Column(f"{rating} {RATING_WORDS[rating]}", 12) for rating in RATINGS),
    ]
    title = _("Feedback: %(title)s", title=workshop.title)
    data = write_table(title, columns, rows, sheet_name=_("Feedback"))
    return workbook(data, f"{title}-{clock.today().isoformat()}.xlsx")


@blueprint.route("/<int:workshop_id>/feedback/questions", methods=["GET", "POST"])
@requires("workshops.plan")
def feedback_questions(workshop_id: int) -> ResponseReturnValue:
    """The organiser's own questions, at most five, until somebody has answered."""
    workshop = get_planned_workshop(workshop_id, actor=current_actor())
    shown = [(question.text, question.rated) for question in list_own_questions(workshop.id)]
    answer = 200
    if request.method == "POST":
        shown = [
            (request.form.get(f"text-{i}", ""), request.form.get(f"kind-{i}") != "words")
            for i in range(1, MOST_OWN + 1)
        ]
        try:
            with acting() as actor:
                set_questions(workshop_id, shown, actor=actor)
        except DomainError as error:
            flash(str(error.message), "danger")
            workshop, answer = get_planned_workshop(workshop_id, actor=current_actor()), 422
        else:
            flash(_("The questions are kept."), "success")
            return redirect(url_for("workshops.feedback", workshop_id=workshop_id))
    page = render_template(
        "workshops/feedback_questions.html",
        workshop=workshop,
        shown=[*shown, *[("", True)] * (MOST_OWN - len(shown))],
        usual=[str(words) for words in USUAL_WORDS.values()],
        closed=bool(count_answers(workshop_id)),
    )
    return page, answer
