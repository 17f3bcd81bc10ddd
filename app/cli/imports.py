"""``flask import``: workbooks into the registry, from the command line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup, with_appcontext

from app.core.db import atomic
from app.core.errors import DomainError
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor, system_actor
from app.domain.exchange.collecting import no_collecting
from app.domain.exchange.mappings import find_named
from app.domain.exchange.models import Import, ImportKind, RowState
from app.domain.exchange.operations import (
    DataChanged,
    Submission,
    land_at_once,
    preview,
    undo,
)
from app.domain.exchange.planning import Plan
from app.domain.exchange.reading import Problem, message_of
from app.domain.units.queries import find_unit, get_unit_by_id

KINDS = click.Choice([kind.value for kind in ImportKind])
COUNTS = ("read", "created", "changed", "unchanged", "rejected", "unresolved", "warnings")
ATTEMPTS = 5
MOST_SHOWN = 20


class KindOrCommand(AppGroup):
    """``import KIND FILE`` beside ``import undo`` and ``import template``: a kind stands for ``import run KIND``."""

    def resolve_command(
        self, context: click.Context, arguments: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if arguments and arguments[0] in KINDS.choices:
            return super().resolve_command(context, ["run", *arguments])
        return super().resolve_command(context, arguments)

    def parse_args(self, context: click.Context, arguments: list[str]) -> list[str]:
        known = (*self.commands, *KINDS.choices, "--help")
        if arguments and not arguments[0].startswith("-") and arguments[0] not in known:
            raise click.UsageError(
                f"'{arguments[0]}' is no kind of workbook. Kinds: {', '.join(KINDS.choices)}."
                " Other commands: undo, template."
            )
        return super().parse_args(context, arguments)


@click.group(
    "import",
    cls=KindOrCommand,
    subcommand_metavar="KIND FILE --unit CODE | undo ID | template KIND FILE",
)
def group() -> None:
    """Bring workbooks in: import KIND FILE --unit CODE.

    KIND is one of schools, counselors, placements, trainings, studio, online.
    """


@contextmanager
def system_transaction() -> Iterator[Actor]:
    """One act of the command line."""
    with atomic():
        yield system_actor()


def parse_day(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not a day like 2023-08-10") from error


@group.command("run", hidden=True)
@click.argument("kind", type=KINDS)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--unit", "code", required=True, help="Code of the unit the workbook is about.")
@click.option(
    "--date", "day", callback=parse_day, help="The day it speaks of; default 填报时间, else today."
)
@click.option(
    "--complete", is_flag=True, help="It lists everyone of the unit: who is missing ends."
)
@click.option(
    "--mapping", metavar="NAME", help="online: read the export with the mapping of this name."
)
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option(
    "--errors", type=click.Path(path_type=Path), help="Write the workbook with bad cells marked."
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text")
@with_appcontext
def run(
    kind: str,
    file: Path,
    code: str,
    day: date | None,
    complete: bool,
    mapping: str | None,
    dry_run: bool,
    errors: Path | None,
    form: str,
) -> None:
    """Import FILE as a workbook of KIND."""
    try:
        with no_collecting():  # until the plan with its million objects is gone again
            brought = _submission(kind, file, code, day, complete, mapping)
            result = _import(brought, dry_run, errors)
    except DomainError as error:
        if form == "json":
            click.echo(json.dumps(refused(kind, error), ensure_ascii=False))
        raise click.ClickException(str(error.message)) from error
    click.echo(
        json.dumps(result, ensure_ascii=False) if form == "json" else as_text(result, dry_run)
    )
    if result["errors"]:
        raise SystemExit(1)


def _import(submission: Submission, dry_run: bool, errors: Path | None) -> dict[str, Any]:
    batch, plan = _land(submission, dry_run=dry_run)
    if errors is not None:
        problems = list(plan.problems())
        # It brings openpyxl and with it numpy: 0.3 s and 20 MB that only a marked file should cost.
        from app.domain.exchange.annotate import annotate

        errors.write_bytes(annotate(submission.data, submission.file_name, problems, plan.sheet))
    return report(plan, batch.id if batch else None)


def _submission(
    kind: str, file: Path, code: str, day: date | None, complete: bool, mapping: str | None
) -> Submission:
    unit = find_unit(code)
    if unit is None:
        raise click.ClickException(_("There is no unit with the code %(code)s.", code=code))
    try:
        data = file.read_bytes()
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    mapping_id = None if mapping is None else find_named(mapping, unit).id
    return Submission(ImportKind(kind), unit.id, file.name, data, day, complete, mapping_id)


def _land(submission: Submission, *, dry_run: bool) -> tuple[Import | None, Plan]:
    """Plan, and let it land; plan again when others wrote in between."""
    for attempt in range(1, ATTEMPTS + 1):
        unit = get_unit_by_id(submission.unit_id)
        plan = preview(submission, unit, actor=system_actor())
        if dry_run:
            return None, plan
        try:
            return land_at_once(submission, plan, system_transaction)
        except DataChanged:
            if attempt == ATTEMPTS:
                raise
    raise AssertionError


def report(plan: Plan, import_id: int | None) -> dict[str, Any]:
    """The result as the contract prints it (CONTRACT.md, import)."""
    counts = plan.counts()
    found = list(plan.problems())
    notes = [entry(problem) for problem in found if problem.severity == "warning"]
    return {
        "id": import_id,
        "kind": plan.kind,
        "speaks_of": plan.speaks_of.isoformat(),
        **{name: counts[name] for name in COUNTS},
        "ended": counts["ended"],
        "errors": [entry(problem) for problem in found if problem.severity == "error"],
        "notes": [*notes, *_unknown_columns(plan), *_missing(plan)],
    }


def refused(kind: str, error: DomainError) -> dict[str, Any]:
    """The result in the same shape when nothing could be read or planned at all: the refusal is its one error."""
    said = {"row": None, "column": "", "value": "", "code": error.code, "message": str(error)}
    return {
        "id": None,
        "kind": kind,
        "speaks_of": None,
        **dict.fromkeys((*COUNTS, "ended"), 0),
        "errors": [said],
        "notes": [],
    }


def entry(problem: Problem) -> dict[str, Any]:
    return {
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        "code": problem.code,
        "message": message_of(problem),
    }


def _unknown_columns(plan: Plan) -> list[dict[str, Any]]:
    return [
        {
            "row": None,
            "column": name,
            "value": "",
            "code": "column_unknown",
            "message": _("The column “%(name)s” is not known and was ignored.", name=name),
        }
        for name in plan.sheet.unknown_columns
    ]


def _missing(plan: Plan) -> list[dict[str, Any]]:
    """Who is missing from a complete roster, with the posting that ends."""
    missing = []
    for outcome in plan.outcomes:
        if outcome.state is RowState.ENDED:
            told = {change.fact: change for change in outcome.changes}
            problem = Problem(
                row=None,
                column="",
                value=outcome.name,
                code="missing_from_roster",
                params={
                    "name": outcome.name,
                    "unit": told["unit"].old or "",
                    "until": told["posting_until"].new or "",
                },
                severity="warning",
            )
            missing.append(entry(problem))
    return missing


def as_text(result: dict[str, Any], dry_run: bool) -> str:
    lines = [f"{name} {result[name]}" for name in COUNTS]
    if result["ended"]:
        lines.append(f"ended {result['ended']}")
    for title, entries in (("errors", result["errors"]), ("notes", result["notes"])):
        if entries:
            lines.append(f"{title}:")
            lines += [f"  {one['message']}" for one in entries[:MOST_SHOWN]]
            if len(entries) > MOST_SHOWN:
                lines.append(f"  … {len(entries) - MOST_SHOWN} more (--format json shows all)")
    if dry_run:
        lines.append("dry run: nothing was imported")
    elif result["id"] is None:
        lines.append("rejected: nothing was imported")
    else:
        lines.append(f"landed as import {result['id']}")
    return "\n".join(lines)


@group.command("undo")
@click.argument("import_id", type=int, metavar="ID")
@click.option(
    "--reason", default="command line", help="Why it is taken back; kept in the audit record."
)
@with_appcontext
def undo_command(import_id: int, reason: str) -> None:
    """Take the landed import ID back, unless later facts build on it."""
    try:
        with system_transaction() as actor:
            batch = undo(import_id, reason, actor=actor)
            counts = dict(batch.counts)
    except DomainError as error:
        raise click.ClickException(str(error.message)) from error
    click.echo(
        f"Import {import_id} taken back: {counts.get('created', 0)} created,"
        f" {counts.get('changed', 0)} changed and {counts.get('ended', 0)} ended are as before."
    )


@group.command("template")
@click.argument("kind", type=KINDS)
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def template(kind: str, file: Path) -> None:
    """Write an empty workbook of KIND, with drop-downs and a sheet of instructions, to FILE."""
    from app.domain.exchange.templates import empty_template  # what writes workbooks: only here

    try:
        file.write_bytes(empty_template(kind))
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from error
    click.echo(f"Wrote an empty workbook of {kind} to {file}.")
