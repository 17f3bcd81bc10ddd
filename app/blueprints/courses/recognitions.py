"""One request for hours: what is asked for, its evidence, and the decision."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.courses.recognition_forms import RecogniseForm, SendBackForm, plain
from app.blueprints.courses.recognition_words import STATE_TONES, STATES
from app.blueprints.courses.words import ALL_LEVELS
from app.blueprints.downloads import attachment
from app.blueprints.people.acts import seen_version
from app.blueprints.units.acts import show_refusal
from app.core import files
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Recognition
from app.domain.courses.operations import recognising
from app.domain.courses.queries.recognitions import get_recognition, names_of_accounts
from app.domain.courses.rules.recognition import RecognitionAct, may_follow, permission_for


@blueprint.get("/recognitions/<int:recognition_id>")
@requires("courses.read")
def recognition(recognition_id: int) -> str:
    """One request: what is asked for, the evidence, what happened, what may be done."""
    return _page(recognition_id)


def _page(
    recognition_id: int,
    recognise_form: RecogniseForm | None = None,
    back_form: SendBackForm | None = None,
) -> str:
    actor = current_actor()
    made = get_recognition(recognition_id, actor=actor)
    version = str(made.row_version)
    is_own = actor.account_id is not None and made.person.account_id == actor.account_id
    return render_template(
        "courses/recognitions/show.html",
        made=made,
        states=STATES,
        tones=STATE_TONES,
        levels=ALL_LEVELS,
        names=names_of_accounts([made.submitted_by, made.checked_by, made.decided_by]),
        may={act.value for act in RecognitionAct if _may(act, made, actor, is_own=is_own)},
        recognise_form=recognise_form
        or RecogniseForm(formdata=None, hours=plain(made.hours_claimed), row_version=version),
        back_form=back_form or SendBackForm(formdata=None, row_version=version),
    )


def _may(act: RecognitionAct, made: Recognition, actor: Actor, *, is_own: bool) -> bool:
    asks = act in {RecognitionAct.RESUBMIT, RecognitionAct.WITHDRAW}
    allowed = actor.may(permission_for(act, made.status))
    return may_follow(act, made.status) and allowed and asks == is_own


@blueprint.get("/recognitions/<int:recognition_id>/evidence")
@requires("courses.read")
def recognition_evidence(recognition_id: int) -> Response:
    """The proof, as a download: never shown inside a page."""
    made = get_recognition(recognition_id, actor=current_actor())
    if made.file_key is None or made.file_name is None:
        raise NotFound(_("There is no file with this request."))
    response = attachment(b"", made.file_name, made.content_type or "application/octet-stream")
    response.response = files.pieces(made.file_key)
    response.headers.pop("Content-Length", None)
    return response


@blueprint.post("/recognitions/<int:recognition_id>/check")
@requires("recognitions.check")
def check_recognition(recognition_id: int) -> ResponseReturnValue:
    """The evidence fits; who decides is told."""
    try:
        with acting() as actor:
            recognising.check(recognition_id, actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as refusal:
        flash(str(refusal.message), "warning")
    else:
        flash(_("Checked. The county or bureau decides next."), "success")
    return redirect(url_for("courses.recognition", recognition_id=recognition_id))


@blueprint.post("/recognitions/<int:recognition_id>/recognise")
@requires("recognitions.decide")
def recognise_recognition(recognition_id: int) -> ResponseReturnValue:
    """Let the hours count, all or fewer."""
    form = RecogniseForm()

    def act(actor: Actor) -> Any:
        return recognising.recognise(
            recognition_id,
            hours=form.hours.data,
            reason=form.reason.data or "",
            actor=actor,
            expected_version=seen_version(form),
        )

    if _done(form, act):
        flash(_("Recognised. The hours count now."), "success")
        return redirect(url_for("courses.recognition", recognition_id=recognition_id))
    return _page(recognition_id, recognise_form=form), 422


@blueprint.post("/recognitions/<int:recognition_id>/send-back")
@requires("recognitions.check")
def send_back_recognition(recognition_id: int) -> ResponseReturnValue:
    """Say what is wrong; of recognised hours: they count no longer."""
    form = SendBackForm()

    def act(actor: Actor) -> Any:
        return recognising.send_back(
            recognition_id,
            form.reason.data or "",
            actor=actor,
            expected_version=seen_version(form),
        )

    if _done(form, act):
        flash(_("Sent back. The person is told why."), "success")
        return redirect(url_for("courses.recognition", recognition_id=recognition_id))
    return _page(recognition_id, back_form=form), 422


def _done(form: RecogniseForm | SendBackForm, act: Callable[[Actor], Any]) -> bool:
    """Whether the form was right and the act went through; else what is wrong stands in the form."""
    if not form.validate_on_submit():
        return False
    try:
        with acting() as actor:
            act(actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as refusal:
        show_refusal(form, refusal)
        return False
    return True
