"""The history of imports, and one import: its preview, its progress, its result."""

from __future__ import annotations

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.asking import asked_choice, asked_page, refuse_beyond
from app.blueprints.imports.blueprint import blueprint
from app.blueprints.imports.views import show_row
from app.blueprints.imports.words import (
    KIND_NAMES,
    ROW_STATE_NAMES,
    STATE_NAMES,
    TABLE_NAMES,
    kinds_for,
)
from app.core.jobs import get_job
from app.domain.accounts.rules import Actor
from app.domain.exchange.models import Import, ImportKind, ImportState, RowState
from app.domain.exchange.operations.submitting import refuse_unless_allowed
from app.domain.exchange.queries import (
    ImportFilter,
    RowFilter,
    count_waiting,
    get_import,
    list_imports,
    list_rows,
)
from app.domain.exchange.reading import Problem, message_of

WARNED = "warned"
BUSY = frozenset({ImportState.UPLOADED, ImportState.CHECKING, ImportState.APPLYING})
STEPS = {
    ImportState.PREVIEW: 2,
    ImportState.REJECTED: 2,
    ImportState.CHECKING: 2,
    ImportState.APPLYING: 3,
    ImportState.LANDED: 4,
}


@blueprint.get("/")
@requires("imports.read")
def index() -> str:
    """Who imported what, when, with what result."""
    actor = current_actor()
    wanted = ImportFilter(asked_choice("kind", ImportKind), asked_choice("state", ImportState))
    page = list_imports(wanted, scope=actor.unit_path, kinds=kinds_for(actor), page=asked_page())
    refuse_beyond(page)
    return render_template(
        "imports/index.html",
        page=page,
        chips=_chips(wanted),
        kinds=kinds_for(actor),
        kind_names=KIND_NAMES,
        state_names=STATE_NAMES,
        waiting=count_waiting(scope=actor.unit_path) if actor.may("imports.use") else 0,
    )


def _chips(wanted: ImportFilter) -> list[tuple[str, str, str]]:
    chips = []
    if wanted.kind is not None:
        chips.append(("kind", _("Kind"), str(KIND_NAMES[wanted.kind])))
    if wanted.state is not None:
        chips.append(("state", _("State"), str(STATE_NAMES[wanted.state][0])))
    return chips


@blueprint.get("/<int:import_id>")
@requires("imports.read")
def show(import_id: int) -> str:
    """One import: while it is worked on its progress, then its preview, then its result."""
    actor = current_actor()
    batch = visible_import(import_id, actor)
    if batch.state in BUSY:
        return render_template("imports/progress.html", **_facts(batch), **_progress(batch))
    wanted = _row_filter()
    page = list_rows(batch.id, wanted, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "imports/show.html",
        page=page,
        rows=[show_row(row) for row in page.items],
        wanted=wanted,
        notes=[message_of(_problem(note)) for note in batch.notes],
        may_act=True,
        **_facts(batch),
    )


@blueprint.get("/<int:import_id>/progress")
@requires("imports.read")
def progress(import_id: int) -> ResponseReturnValue:
    """How far the work is, asked again every two seconds; leads to the result when it is over."""
    batch = visible_import(import_id, current_actor())
    if batch.state in BUSY:
        return render_template("imports/_progress.html", **_facts(batch), **_progress(batch))
    target = url_for("imports.show", import_id=batch.id)
    if "HX-Request" not in request.headers:
        return redirect(target)
    return Response(status=204, headers={"HX-Redirect": target})


def visible_import(import_id: int, actor: Actor) -> Import:
    batch = get_import(import_id, scope=actor.unit_path)
    refuse_unless_allowed(actor, batch.kind, batch.unit)
    return batch


def _row_filter() -> RowFilter:
    asked = request.args.get("rows", "")
    return RowFilter(RowState(asked) if asked in set(RowState) else None, asked == WARNED)


def _facts(batch: Import) -> dict[str, object]:
    return {
        "batch": batch,
        "step": STEPS.get(batch.state),
        "kind_names": KIND_NAMES,
        "state_names": STATE_NAMES,
        "row_state_names": ROW_STATE_NAMES,
        "table_names": TABLE_NAMES,
    }


def _progress(batch: Import) -> dict[str, object]:
    job = get_job(batch.job_id) if batch.job_id else None
    return {"done": job.done if job else 0, "total": job.total if job else 0, "job": job}


def _problem(note: dict[str, object]) -> Problem:
    return Problem(**note)  # type: ignore[arg-type]
