"""Decide on credentials: the queue one after another, single ones, several at once; take a decision back."""

from __future__ import annotations

from collections.abc import Callable

from flask import abort, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.credentials import forms
from app.blueprints.credentials.acts import credential_address
from app.blueprints.credentials.routes import WORDS, blueprint, record_context
from app.blueprints.people.acts import Answer, form_page
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.certificates.operations import verification as operations
from app.domain.certificates.queries import credentials as queries
from app.domain.certificates.queries.pictures import list_pictures

LAST_EVIDENCE = "credential_evidence"
MOST_AT_ONCE = 500


@blueprint.get("/queue")
@requires("credentials.verify")
def queue() -> str:
    """The next credential that waits (after the one skipped), ready to be decided with one key."""
    actor = current_actor()
    after = request.args.get("after", 0, type=int)
    waiting = queries.count_waiting(actor.unit_path)
    found = queries.find_next_waiting(actor.unit_path, after_id=min(max(after, 0), 2**31 - 1))
    if found is None:
        return render_template("credentials/queue_empty.html", waiting=waiting)
    following = queries.find_next_waiting(actor.unit_path, after_id=found)
    return render_template(
        "credentials/queue.html",
        waiting=waiting,
        following=list_pictures(following)[:1] if following is not None else (),
        evidence=session.get(LAST_EVIDENCE, ""),
        **record_context(found),
        **WORDS,
    )


@blueprint.post("/<int:credential_id>/verify")
@requires("credentials.verify")
def verify(credential_id: int) -> Response:
    """Say that it is genuine, and by what it was seen."""
    evidence = request.form.get("evidence", "")

    def act(actor: Actor) -> str:
        credential = operations.verify_credential(
            credential_id, evidence=evidence, actor=actor, seen=request.form.get("seen")
        )
        return _("%(name)s: verified.", name=credential.person.name)

    answer = _decide(credential_id, act)
    session[LAST_EVIDENCE] = evidence.strip()[:200]
    return answer


@blueprint.post("/<int:credential_id>/send-back")
@requires("credentials.verify")
def send_back(credential_id: int) -> Response:
    """Send it back with a reason."""
    reason = request.form.get("reason", "")

    def act(actor: Actor) -> str:
        credential = operations.send_back_credential(
            credential_id, reason=reason, actor=actor, seen=request.form.get("seen")
        )
        return _("%(name)s: sent back.", name=credential.person.name)

    return _decide(credential_id, act)


@blueprint.post("/<int:credential_id>/reject")
@requires("credentials.verify")
def reject(credential_id: int) -> Response:
    """Say that it is not what it claims to be, with a reason."""
    reason = request.form.get("reason", "")

    def act(actor: Actor) -> str:
        credential = operations.reject_credential(
            credential_id, reason=reason, actor=actor, seen=request.form.get("seen")
        )
        return _("%(name)s: rejected.", name=credential.person.name)

    return _decide(credential_id, act)


def _decide(credential_id: int, act: Callable[[Actor], str]) -> Response:
    """Do it, say how it went, and go on: to the next in the queue, or back to the record."""
    in_queue = request.form.get("queue") == "1"
    try:
        with acting() as actor:
            done = act(actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
        settled = error.code == "already_decided"
    else:
        flash(done, "success")
        settled = True
    if not in_queue:
        return redirect(credential_address(credential_id))
    return redirect(url_for("credentials.queue", after=credential_id - (0 if settled else 1)))


@blueprint.route("/<int:credential_id>/reopen", methods=["GET", "POST"])
@requires("credentials.verify")
def reopen(credential_id: int) -> Answer:
    """Take a decision back: it waits again."""
    queries.get_credential(credential_id, scope=current_actor().unit_path)
    form = forms.ReasonForm()

    def act(actor: Actor) -> str:
        operations.reopen_credential(credential_id, reason=form.reason.data, actor=actor)
        return credential_address(credential_id)

    return form_page(
        form,
        "credentials/reopen.html",
        act,
        _("It waits for verification again."),
        lambda: record_context(credential_id),
    )


@blueprint.post("/verify")
@requires("credentials.verify")
def verify_several() -> Response:
    """Verify the ticked ones by one piece of evidence."""
    ids = request.form.getlist("id", type=int)
    if len(ids) > MOST_AT_ONCE:
        abort(400, _("At most %(most)s at once. Choose fewer.", most=MOST_AT_ONCE))
    try:
        with acting() as actor:
            done = operations.verify_credentials(
                ids, evidence=request.form.get("evidence", ""), actor=actor, seen=_seen()
            )
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        flash(
            ngettext(
                "%(num)s credential verified.", "%(num)s credentials verified.", done.verified
            ),
            "success",
        )
        if done.decided:
            flash(
                ngettext(
                    "%(num)s had been decided on before and stays as it is.",
                    "%(num)s had been decided on before and stay as they are.",
                    done.decided,
                ),
                "warning",
            )
        if done.changed:
            flash(
                ngettext(
                    "%(num)s was changed by its holder since you looked, and still waits.",
                    "%(num)s were changed by their holders since you looked, and still wait.",
                    done.changed,
                ),
                "warning",
            )
    return redirect(url_for("credentials.index", state="claimed"))


def _seen() -> dict[int, str]:
    """What each row showed, as the form says it: its id and when it was last submitted."""
    pairs = [text.partition(" ") for text in request.form.getlist("seen")]
    return {
        int(key): moment
        for key, _blank, moment in pairs
        if key.isascii() and key.isdecimal() and len(key) < 10
    }
