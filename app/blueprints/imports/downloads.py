"""Workbooks to take along: the file as it was brought, the same with its bad cells marked, empty ones to fill in."""

from __future__ import annotations

from flask import Response, abort

from app.access.guards import acting, current_actor, requires
from app.blueprints import downloads
from app.blueprints.imports.blueprint import blueprint
from app.blueprints.imports.routes import visible_import
from app.blueprints.imports.words import KIND_NAMES, kinds_for
from app.core import clock
from app.domain.exchange.mappings import read_workbook
from app.domain.exchange.models import ImportKind
from app.domain.exchange.operations import open_file
from app.domain.exchange.queries import list_with_problems
from app.domain.exchange.staging import open_row
from app.domain.exchange.templates import empty_template

BINARY = "application/octet-stream"


@blueprint.get("/templates/<string:kind>.xlsx")
@requires("imports.read")
def template(kind: str) -> Response:
    """An empty workbook of a kind, with drop-downs and instructions."""
    allowed = {one.value for one in kinds_for(current_actor())}
    if kind not in allowed:
        abort(404)
    return downloads.workbook(empty_template(kind), f"{KIND_NAMES[ImportKind(kind)]}.xlsx")


@blueprint.get("/<int:import_id>/file")
@requires("imports.read")
def file(import_id: int) -> Response:
    """The workbook as it was brought. That somebody took it is recorded."""
    visible_import(import_id, current_actor())
    with acting() as actor:
        batch, data = open_file(import_id, actor=actor, purpose="original")
        name = batch.file_name
    return downloads.attachment(data, name, BINARY)


@blueprint.get("/<int:import_id>/marked")
@requires("imports.read")
def marked(import_id: int) -> Response:
    """The user's own workbook with the bad cells coloured and commented, to mend and upload again."""
    visible_import(import_id, current_actor())
    with acting() as actor:
        batch, data = open_file(import_id, actor=actor, purpose="marked")
        name = batch.file_name
        sheet = read_workbook(batch.kind, data, name, mapping=batch.mapping, today=clock.today())
    rows = list_with_problems(import_id)
    problems = [problem for row in rows for problem in open_row(row.sealed).problems]
    stem = name.rpartition(".")[0] or name
    # It brings openpyxl and with it numpy: 0.3 s and 20 MB that only a marked file should cost.
    from app.domain.exchange.annotate import annotate

    return downloads.workbook(
        annotate(data, name, [*sheet.problems, *problems], sheet), f"{stem}-marked.xlsx"
    )
