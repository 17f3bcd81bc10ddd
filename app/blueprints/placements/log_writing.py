"""Writing an entry: drafts that save as one types, lines added, handed in; nothing that was typed is ever lost."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, requires
from app.blueprints.people.acts import seen_version
from app.blueprints.placements import semester_page_words as words
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.placements.log import own_entry
from app.blueprints.placements.log_files import keep_uploads
from app.blueprints.placements.log_forms import EntryForm, form_of
from app.blueprints.units.acts import show_refusal
from app.core import clock
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.people.rules.personal_text import why_looks_personal
from app.domain.placements.operations import log as operations
from app.domain.placements.operations.log_files import TAKEN, remove_file
from app.domain.placements.queries.log import get_entry, interruptions, list_files
from app.domain.placements.rules import log as rules

BLANK_LINES = 1


@blueprint.route("/<int:placement_id>/log/<int:entry_id>/write", methods=["GET", "POST"])
@requires("placements.keep_log")
def write_entry(placement_id: int, entry_id: int) -> ResponseReturnValue:
    """Write an entry: save it, add a line, hand it in. What was typed is shown again whatever happens."""
    if request.method == "GET":
        found = own_entry(placement_id, entry_id)
        if rules.why_not_edit(found.status, found.placement.status) is not None:
            return redirect(
                url_for("placements.entry", placement_id=placement_id, entry_id=entry_id)
            )
        blank = BLANK_LINES if not found.activities or "add" in request.args else 0
        return _form_page(placement_id, entry_id, form_of(found, blank=blank))
    own_entry(placement_id, entry_id)
    form, act = EntryForm(), request.form.get("act", "save")
    findings: list[str] = []
    if form.validate_on_submit():
        try:
            _save(placement_id, entry_id, form)
            _do(act, placement_id, entry_id)
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
            findings = error.details.get("findings", [])
            form.row_version.data = _version_to_send(placement_id, entry_id, error, form)
        else:
            return _after(placement_id, entry_id, act)
    return _form_page(placement_id, entry_id, form, findings), 422


def _do(act: str, placement_id: int, entry_id: int) -> None:
    """What was asked for besides saving, which has landed already."""
    if act == "hand_in":
        with acting() as actor:
            operations.hand_in_entry(
                entry_id, placement_id=placement_id, actor=actor, accept_warning=_accepts()
            )
    elif act == "files":
        keep_uploads(placement_id, entry_id)
    elif act.startswith("remove-"):
        number = act.removeprefix("remove-")
        if not (number.isascii() and number.isdecimal() and len(number) < 10):
            abort(400)
        with acting() as actor:
            remove_file(int(number), placement_id=placement_id, actor=actor)


def _after(placement_id: int, entry_id: int, act: str) -> ResponseReturnValue:
    """Where the reader goes on: writing on after a line or a file, else to what was written."""
    if act == "hand_in":
        flash(_("Handed in. The mentor reads it next."), "success")
        return redirect(url_for("placements.log", placement_id=placement_id))
    here = url_for(
        "placements.write_entry",
        placement_id=placement_id,
        entry_id=entry_id,
        add=1 if act == "add" else None,
        _anchor="activities" if act == "add" else "files",
    )
    if act == "add" or act == "files" or act.startswith("remove-"):
        return redirect(here)
    flash(_("Saved."), "success")
    return redirect(url_for("placements.entry", placement_id=placement_id, entry_id=entry_id))


def _accepts() -> bool:
    return request.form.get("accept_warning") == "yes"


def _save(placement_id: int, entry_id: int, form: EntryForm) -> int:
    """Keep what was typed; the version it has now."""
    with acting() as actor:
        found = get_entry(entry_id, placement_id, actor=actor)
        kept = operations.save_entry(
            entry_id,
            form.facts(found),
            placement_id=placement_id,
            actor=actor,
            expected_version=_wanted_version(form),
            accept_warning=_accepts(),
        )
        return kept.row_version


def _wanted_version(form: EntryForm) -> int | None:
    """The version that was seen; who has read what changed meanwhile sends that version with "save mine instead"."""
    instead = request.form.get("instead", "")
    if instead.isascii() and instead.isdecimal() and len(instead) < 10:
        return int(instead)
    return seen_version(form)


def _version_to_send(placement_id: int, entry_id: int, error: DomainError, form: EntryForm) -> str:
    """After a conflict the reader keeps the old version until they say that theirs shall stand; else the newest."""
    if error.code == "stale_version":
        return str(form.row_version.data or "")
    return str(own_entry(placement_id, entry_id).row_version)


def _form_page(
    placement_id: int, entry_id: int, form: EntryForm, findings: list[str] | None = None
) -> str:
    found = own_entry(placement_id, entry_id)
    rests = interruptions(placement_id)
    return render_template(
        "placements/entry_form.html",
        placement=found.placement,
        entry=found,
        form=form,
        findings=findings or [],
        files=list_files(placement_id, entry_id),
        accept=",".join(f".{suffix}" for suffix in TAKEN),
        most_hours=rules.most_hours(found.begins_on, found.ends_on, rests),
        stale=str(found.row_version) != str(form.row_version.data or ""),
        fixed=rules.why_not_edit(found.status, found.placement.status) is not None,
        last_day=min(found.ends_on, clock.today()),
        words=words,
    )


@blueprint.post("/<int:placement_id>/log/<int:entry_id>/typed")
@requires("placements.keep_log")
def typed_entry(placement_id: int, entry_id: int) -> ResponseReturnValue:
    """Keep what is being typed into a draft; answers htmx with how that went."""
    found = own_entry(placement_id, entry_id)
    form = EntryForm()
    state: dict[str, Any] = {"version": None, "error": None, "names": []}
    status = 200
    if found.status not in rules.TO_HAND_IN:
        state["error"], status = _("Not saved by itself: press Save."), 409
    elif not form.validate_on_submit():
        state["error"], status = _("Not saved yet: mend what is marked."), 422
    else:
        try:
            state["version"] = _save(placement_id, entry_id, form)
            texts = form.facts(own_entry(placement_id, entry_id)).texts
            state["names"] = [one.text for one in why_looks_personal(*texts)]
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            state["error"], status = str(error.message), error.status
    page = render_template("placements/_typed.html", at=clock.now(), **state)
    return page, status
