"""`flask audit`: whether the audit record is whole, and where it ends."""

from __future__ import annotations

from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from app.domain.audit.heads import read_heads
from app.domain.audit.rules import Break, BreakKind
from app.domain.audit.sealing import read_head, seal_pending
from app.domain.audit.verification import verify

group = AppGroup("audit", help="Check the audit record.")

SENTENCES = {
    BreakKind.ENTRY_CHANGED: "entry {entry} (link {sequence}) was changed, or put in past the system.",
    BreakKind.ENTRY_MISSING: "entry {entry} (link {sequence}) was removed.",
    BreakKind.SEAL_MISSING: "link {sequence} was removed from the chain.",
    BreakKind.SEAL_CHANGED: "link {sequence} (entry {entry}) does not fit the one before it.",
    BreakKind.END_MISSING: "the record once reached link {sequence}; its end was cut off"
    " (or an older backup was restored).",
}


def sentence(found: Break) -> str:
    """The break in words."""
    return SENTENCES[found.kind].format(sequence=found.sequence, entry=found.entry_id)


@group.command("verify")
def verify_command() -> None:
    """Walk the whole chain; exit with 1 at the first break and say where."""
    result = verify(read_heads(Path(current_app.instance_path)))
    if result.first_break is not None:
        click.echo(f"Broken after {result.entries} intact entries: {sentence(result.first_break)}")
        raise SystemExit(1)
    click.echo(f"Intact: {result.entries} entries.")
    click.echo(f"Head: {result.head.sequence} {result.head.chain}")


@group.command("head")
def head_command() -> None:
    """Seal what is waiting and print the end of the chain, to keep it elsewhere."""
    seal_pending()
    head = read_head()
    click.echo(f"{head.sequence} {head.chain}")
