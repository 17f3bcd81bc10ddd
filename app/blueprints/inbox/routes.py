"""What the system has told the account."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_page, refuse_beyond
from app.blueprints.formats import ROLE_NAMES
from app.domain.outbox import operations
from app.domain.outbox.models import DeliveryState, Notice
from app.domain.outbox.queries import list_notices
from app.domain.outbox.wording import Said, register_values, words_of

blueprint = Blueprint("inbox", __name__)
register_values("role", ROLE_NAMES)


@dataclass(frozen=True, slots=True)
class Letter:
    """A notice in words, and how it went outside ("" when it did not)."""

    notice: Notice
    said: Said
    mailed: str

    @property
    def is_unread(self) -> bool:
        return self.notice.read_at is None


@blueprint.get("/")
@requires("inbox.read")
def index() -> str:
    """The notices of the account, the unread first."""
    actor = current_actor()
    page = list_notices(actor.account_id or 0, page=asked_page())
    refuse_beyond(page)
    letters = [_letter(notice) for notice in page.items]
    return render_template("inbox/index.html", page=page, letters=letters, unread=actor.unread)


@blueprint.post("/<int:notice_id>/read")
@requires("inbox.read")
def read(notice_id: int) -> Response:
    """Mark one as read and go where it leads."""
    with acting() as actor:
        notice = operations.mark_read(notice_id, account_id=actor.account_id or 0)
        link = notice.link or ""
    inside = link.startswith("/") and not link.startswith("//")
    return redirect(link if inside else url_for("inbox.index"))


@blueprint.post("/read")
@requires("inbox.read")
def read_all() -> Response:
    """Mark all as read."""
    with acting() as actor:
        number = operations.mark_all_read(actor.account_id or 0)
    if number:
        flash(
            ngettext("%(num)s notice marked as read", "%(num)s notices marked as read", number),
            "success",
        )
    return redirect(url_for("inbox.index"))


def _letter(notice: Notice) -> Letter:
    return Letter(notice, words_of(notice.kind, notice.parameters), _how_it_went(notice))


def _how_it_went(notice: Notice) -> str:
    if not notice.deliveries:
        return ""
    words = {
        DeliveryState.QUEUED: _("mail is on its way"),
        DeliveryState.SENDING: _("mail is on its way"),
        DeliveryState.SENT: _("also sent by mail"),
        DeliveryState.FAILED: _("the mail could not be delivered"),
    }
    return words[notice.deliveries[0].state]
