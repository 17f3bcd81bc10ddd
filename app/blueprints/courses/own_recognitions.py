"""A teacher's hours learnt elsewhere: ask for them with evidence, follow the request, correct it, withdraw it."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from app.access.guards import acting, current_actor, requires
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.recognition_forms import ClaimForm
from app.blueprints.courses.recognition_words import STATE_TONES, STATES
from app.blueprints.courses.words import ALL_LEVELS
from app.blueprints.people.acts import seen_version
from app.blueprints.units.acts import show_refusal
from app.core import files
from app.core.errors import DomainError, Forbidden, NotFound
from app.core.file_types import ALLOWED, clean_name
from app.core.uploads import check_stream
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Recognition
from app.domain.courses.operations import claiming
from app.domain.courses.operations.claiming import Evidence
from app.domain.courses.queries.recognitions import (
    get_recognition,
    list_external_courses,
    list_own,
)
from app.domain.courses.rules.recognition import RecognitionAct, may_follow
from app.domain.people.queries.record import find_person_of_account

Act = Callable[[Evidence | None, Actor], Recognition]


@blueprint.get("/recognitions/mine")
@requires("recognitions.submit")
def my_recognitions() -> str:
    """What one has asked for, and how it stands."""
    actor = current_actor()
    return render_template(
        "courses/recognitions/mine.html",
        requests=list_own(actor),
        has_person=actor.account_id is not None
        and find_person_of_account(actor.account_id) is not None,
        states=STATES,
        tones=STATE_TONES,
        levels=ALL_LEVELS,
    )


@blueprint.route("/recognitions/new", methods=["GET", "POST"])
@requires("recognitions.submit")
def new_recognition() -> ResponseReturnValue:
    """Ask for hours; a course of the catalogue may be given in the address."""
    form = ClaimForm(course=request.args.get("course", ""))

    def act(evidence: Evidence | None, actor: Actor) -> Recognition:
        return claiming.submit(form.claim(), evidence, actor=actor)

    return _claim_page(form, act, _("Sent. You will be told how it goes."))


@blueprint.route("/recognitions/<int:recognition_id>/edit", methods=["GET", "POST"])
@requires("recognitions.submit")
def edit_recognition(recognition_id: int) -> ResponseReturnValue:
    """Correct what was sent back, and send it again."""
    made = get_recognition(recognition_id, actor=current_actor())
    if not may_follow(RecognitionAct.RESUBMIT, made.status):
        return redirect(url_for("courses.recognition", recognition_id=recognition_id))
    form = ClaimForm()
    if request.method == "GET":
        form.show(made)
    replaced = made.file_key

    def act(evidence: Evidence | None, actor: Actor) -> Recognition:
        return claiming.resubmit(
            recognition_id, form.claim(), evidence, actor=actor, expected_version=seen_version(form)
        )

    return _claim_page(form, act, _("Sent again."), made=made, replaced=replaced)


@blueprint.post("/recognitions/<int:recognition_id>/withdraw")
@requires("recognitions.submit")
def withdraw_recognition(recognition_id: int) -> ResponseReturnValue:
    try:
        with acting() as actor:
            claiming.withdraw(recognition_id, actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as refusal:
        flash(str(refusal.message), "warning")
    else:
        flash(_("Withdrawn. You can ask again at any time."), "success")
    return redirect(url_for("courses.recognition", recognition_id=recognition_id))


def _claim_page(
    form: ClaimForm,
    act: Act,
    done: str,
    made: Recognition | None = None,
    replaced: str | None = None,
) -> ResponseReturnValue:
    """The form of a request; a valid one is kept with its file, a refused one keeps no file."""
    form.course.choices = _courses(form)
    if form.validate_on_submit():
        try:
            recognition_id, has_new_file = _keep(form, act)
        except (Forbidden, NotFound):
            raise
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            if replaced is not None and has_new_file:
                files.remove(replaced)
            flash(done, "success")
            return redirect(url_for("courses.recognition", recognition_id=recognition_id))
    page = render_template(
        "courses/recognitions/form.html",
        form=form,
        made=made,
        accept=",".join(f".{suffix}" for suffix in ALLOWED),
    )
    return page, 422 if form.errors else 200


def _keep(form: ClaimForm, act: Act) -> tuple[int, bool]:
    evidence = _stored(form.file.data)
    try:
        with acting() as actor:
            recognition_id = act(evidence, actor).id
    except BaseException:
        if evidence is not None:
            files.remove(evidence.file_key)
        raise
    return recognition_id, evidence is not None


def _stored(upload: FileStorage | None) -> Evidence | None:
    """The evidence, checked by its content and kept encrypted; None when no file came."""
    if not upload or not upload.filename:
        return None
    kind, _size = check_stream(upload.stream, upload.filename)
    key = files.store_stream(upload.stream)
    return Evidence(key, clean_name(upload.filename), kind.content_type)


def _courses(form: ClaimForm) -> list[tuple[str, str]]:
    """The external courses one may report of; anything else sent is no choice of ours."""
    known = list_external_courses(current_actor())
    choices = [("", _("none of these")), *((str(row.id), row.title) for row in known)]
    if form.course.data and form.course.data not in {value for value, _label in choices}:
        if request.method == "POST":
            abort(400)
        form.course.data = ""
    return choices
