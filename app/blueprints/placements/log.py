"""The log of a placement: the list, one entry to read, and writing it with drafts that save as one types."""

from __future__ import annotations

from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_choice, asked_day, asked_page, refuse_beyond
from app.blueprints.placements import semester_page_words as words
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.placements.log_forms import CommentForm, StartForm
from app.blueprints.units.acts import show_refusal
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.placements.models import LogEntry, Placement
from app.domain.placements.operations import log as operations
from app.domain.placements.queries.due import owed, read_due
from app.domain.placements.queries.log import (
    count_activities,
    find_entry_on,
    get_entry,
    list_entries,
    list_files,
    no_entry,
)
from app.domain.placements.queries.visibility import Part, get_placement, parts_of
from app.domain.placements.rules import log as rules
from app.domain.placements.rules.due import DueKind
from app.domain.placements.rules.words import EntryStatus


def own_placement_of(placement_id: int) -> Placement:
    """A placement of one's own: all that who keeps a log sees. NotFound otherwise."""
    return get_placement(placement_id, actor=current_actor())


@blueprint.get("/<int:placement_id>/log")
@requires("placements.see")
def log(placement_id: int) -> str:
    """The entries, the newest first; for the trainee also what is still to be written."""
    actor = current_actor()
    placement = get_placement(placement_id, actor=actor)
    status = asked_choice("status", EntryStatus)
    page = list_entries(placement, actor=actor, page=asked_page(), status=status)
    refuse_beyond(page)
    writes = Part.TRAINEE in parts_of(placement, actor)
    open_items = []
    if writes and placement.status in rules.KEEPS_LOG:
        open_items = [
            item
            for item in owed(read_due([placement])[placement.id])
            if item.due.kind is DueKind.ENTRY
        ]
    return render_template(
        "placements/log.html",
        placement=placement,
        page=page,
        counts=count_activities(page.items),
        chosen=status,
        writes=writes,
        why_not=operations.why_no_new_entry(placement, actor),
        open_items=open_items,
        due_on=lambda entry: rules.due_on(entry.ends_on, placement.cohort.log_grace_days),
        words=words,
    )


@blueprint.route("/<int:placement_id>/log/new", methods=["GET", "POST"])
@requires("placements.keep_log")
def new_entry(placement_id: int) -> ResponseReturnValue:
    """Begin an entry for a day or its week; one that exists for it is opened instead."""
    placement = own_placement_of(placement_id)
    form = StartForm()
    if request.method == "GET":
        form.day.data = asked_day("day") or min(clock.today(), placement.ends_on)
    if form.validate_on_submit():
        day: date = form.day.data
        known = find_entry_on(placement.id, day, day)
        if known is not None:
            return redirect(_writing(placement.id, known.id))
        try:
            with acting() as actor:
                made = operations.start_entry(placement_id, day, actor=actor)
                address = _writing(placement_id, made.id)
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
        else:
            return redirect(address)
    page = render_template(
        "placements/log_new.html", placement=own_placement_of(placement_id), form=form, words=words
    )
    return (page, 422) if form.errors else page


def _writing(placement_id: int, entry_id: int, anchor: str | None = None) -> str:
    return url_for(
        "placements.write_entry", placement_id=placement_id, entry_id=entry_id, _anchor=anchor
    )


@blueprint.get("/<int:placement_id>/log/<int:entry_id>")
@requires("placements.see")
def entry(placement_id: int, entry_id: int) -> str:
    """An entry to read; the mentor comments and signs it here."""
    return entry_page(placement_id, entry_id, CommentForm(None))


def entry_page(placement_id: int, entry_id: int, form: CommentForm) -> str:
    """The page of an entry, with the mentor's form as it was filled."""
    actor = current_actor()
    found = get_entry(entry_id, placement_id, actor=actor)
    placement = get_placement(placement_id, actor=actor)
    parts = parts_of(placement, actor)
    own = placement.person.account_id == actor.account_id
    mentor = Part.MENTOR in parts
    if not form.is_submitted():
        form.row_version.data = str(found.row_version)
    return render_template(
        "placements/entry.html",
        placement=placement,
        entry=found,
        files=list_files(placement.id, found.id),
        form=form,
        may_write=Part.TRAINEE in parts
        and rules.why_not_edit(found.status, placement.status) is None,
        may_sign=rules.why_not_sign(found.status, placement.status, own=own, mentor=mentor) is None,
        may_reopen=rules.why_not_reopen(found.status, placement.status, own=own, mentor=mentor)
        is None,
        words=words,
    )


def own_entry(placement_id: int, entry_id: int) -> LogEntry:
    """An entry of one's own log; NotFound otherwise."""
    actor = current_actor()
    found = get_entry(entry_id, placement_id, actor=actor)
    if Part.TRAINEE not in parts_of(found.placement, actor):
        raise no_entry()
    return found


@blueprint.post("/<int:placement_id>/log/<int:entry_id>/discard")
@requires("placements.keep_log")
def discard_entry(placement_id: int, entry_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    own_entry(placement_id, entry_id)
    try:
        with acting() as actor:
            operations.discard_entry(entry_id, placement_id=placement_id, actor=actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
    else:
        flash(_("The draft is gone."), "success")
    return redirect(url_for("placements.log", placement_id=placement_id))
