"""Scan, sign in if need be, press one button, see that one is in. Looking at a code records nothing."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime

from flask import (
    Blueprint,
    current_app,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.access.guards import acting, current_actor, public, signed_in
from app.blueprints.workshops import attendance_words as words
from app.core import clock, crypto
from app.core.errors import DomainError
from app.domain.workshops.models import WorkshopSession
from app.domain.workshops.operations.checking_in import (
    check_in,
    find_session,
    needs_position,
    open_code,
    read_code,
)
from app.domain.workshops.operations.sessions import when
from app.domain.workshops.queries.attendance import find_own_enrolment, read_own_attendance
from app.domain.workshops.queries.enrolments import find_own_person_id
from app.domain.workshops.rules.attendance import SCAN_GOOD, read_position
from app.extensions import login_manager

blueprint = Blueprint("check_in", __name__)
SCAN_COOKIE = "scan"


@blueprint.get("/<string:token>")
@public
def arrive(token: str) -> ResponseReturnValue:
    """The page behind a code. Who must sign in first keeps what they scanned in time, in this browser only."""
    try:
        session = _session_of(token)
    except DomainError as error:
        return _refused(error)
    if g.get("actor") is None:
        answer = make_response(login_manager.unauthorized())
    else:
        answer = make_response(_page(session, token))
    if _scanned_at(token) is None:
        _remember(answer, token)
    return answer


@blueprint.post("/<string:token>")
@signed_in
def confirm(token: str) -> ResponseReturnValue:
    """Check in."""
    form = request.form
    position = read_position(
        form.get("latitude", ""), form.get("longitude", ""), form.get("accuracy", "")
    )
    try:
        session_id = _session_of(token).id
        with acting() as actor:
            person_id = find_own_person_id(actor.account_id)
            check_in(session_id, person_id, actor=actor, position=position)
    except DomainError as error:
        return _refused(error)
    return redirect(url_for("check_in.done", token=token))


@blueprint.get("/<string:token>/done")
@signed_in
def done(token: str) -> ResponseReturnValue:
    """That one is in, since when, and where one sees the rest."""
    try:
        session = find_session(open_code(token).session_id)
    except DomainError as error:
        return _refused(error)
    enrolment = find_own_enrolment(session.workshop_id, current_actor().account_id)
    known = {} if enrolment is None else read_own_attendance(enrolment.id)
    if session.id not in known:
        return redirect(url_for("check_in.arrive", token=token))
    return render_template(
        "check_in/done.html",
        session=session,
        workshop=session.workshop,
        when=when(session),
        known=known[session.id],
        words=words,
    )


def _session_of(token: str) -> WorkshopSession:
    """The session of a code that was scanned in time: now, or by this browser a few minutes ago."""
    scanned_at = _scanned_at(token) or clock.now()
    return find_session(read_code(token, scanned_at=scanned_at))


def _page(session: WorkshopSession, token: str) -> str:
    workshop = session.workshop
    return render_template(
        "check_in/arrive.html",
        session=session,
        workshop=workshop,
        when=when(session),
        token=token,
        asks_position=needs_position(workshop, session),
    )


def _refused(error: DomainError) -> ResponseReturnValue:
    page = render_template("check_in/refused.html", message=str(error.message), code=error.code)
    return page, error.status


def _seal(token: str, seconds: str) -> str:
    return crypto.mac(f"scan|{token}|{seconds}".encode())[:32]


def _remember(answer: object, token: str) -> None:
    """Keep when this browser scanned the code: signing in may take longer than a code is good."""
    seconds = str(int(clock.now().timestamp()))
    answer.set_cookie(  # type: ignore[attr-defined]
        SCAN_COOKIE,
        f"{token}.{seconds}.{_seal(token, seconds)}",
        max_age=int(SCAN_GOOD.total_seconds()),
        path=url_for("check_in.arrive", token=token),
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )


def _scanned_at(token: str) -> datetime | None:
    """When this browser scanned the code, if that was at most ten minutes ago."""
    parts = request.cookies.get(SCAN_COOKIE, "").split(".")
    if len(parts) != 3 or parts[0] != token or not parts[1].isdecimal():
        return None
    if not hmac.compare_digest(parts[2].encode(), _seal(token, parts[1]).encode()):
        return None
    scanned_at = datetime.fromtimestamp(int(parts[1]), UTC)
    return scanned_at if clock.now() - scanned_at <= SCAN_GOOD else None
