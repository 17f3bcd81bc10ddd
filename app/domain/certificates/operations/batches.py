"""Prepare certificates: what they say, on which template, for whom. Nothing is issued yet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import delete, func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, NotFound, StaleVersion
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.certificates.models import (
    BatchEntry,
    CertificateBatch,
    CertificateTemplate,
    TemplateVersion,
)
from app.domain.certificates.operations.series import refuse_foreign_prefix, tidy_prefix
from app.domain.certificates.queries.batches import get_batch, wanted_of
from app.domain.certificates.queries.eligible import Eligible, read_eligible
from app.domain.certificates.refusals import bad_days, bad_hours, cannot_have
from app.domain.certificates.rules.issuing import MOST_IN_A_BATCH, why_not_days
from app.domain.certificates.rules.signed import day
from app.domain.certificates.rules.words import (
    BatchState,
    SourceKind,
    TemplateStatus,
)
from app.domain.people.rules.trainings import why_not_hours

LONGEST_TITLE = 100


@dataclass(frozen=True, slots=True)
class BatchFacts:
    """What is the same for everybody. Period, hours and cohort are printed where no training record says its own.

    ``source_key``: the training's event key. ``issuer``: as the paper names it, else the unit's name.
    """

    template_id: int
    title: str
    prefix: str
    issued_on: date
    source: SourceKind = SourceKind.HAND
    source_key: str = ""
    valid_until: date | None = None
    started_on: date | None = None
    ended_on: date | None = None
    hours: Decimal | None = None
    cohort: str = ""
    issuer: str = ""


def draft_batch(
    facts: BatchFacts, *, actor: Actor, person_ids: Collection[int] | None = None
) -> CertificateBatch:
    """Prepare certificates of the actor's unit. Without people named: for everybody who fulfilled it.

    Raises NotFound for a template of others, ``no_version`` for one that was never published, ``prefix_…``,
    ``issued_later`` and the like for days that cannot be.
    """
    version = _published(facts.template_id, actor.unit_path)
    prefix = _checked(facts, actor.unit_id)
    batch = CertificateBatch(
        unit_id=actor.unit_id,
        version_id=version.id,
        kind=version.template.kind,
        source=facts.source,
        source_key=facts.source_key if facts.source is SourceKind.TRAINING else "",
        prefix=prefix,
        created_by=actor.account_id,
        created_by_name=actor.username,
        created_at=clock.now(),
    )
    _write(batch, facts)
    db.session.add(batch)
    db.session.flush()
    if person_ids is not None or facts.source is not SourceKind.HAND:
        _choose_first(batch, person_ids)
    _note(actor, "certificates.draft", batch)
    return batch


def change_batch(
    batch_id: int, facts: BatchFacts, *, row_version: int | None, actor: Actor
) -> CertificateBatch:
    """Other wording, template or numbers for a draft; what it is issued for stays. Raises StaleVersion."""
    batch = lock_draft(batch_id, actor)
    if row_version is not None and batch.row_version != row_version:
        raise StaleVersion(_("Somebody changed this batch since you opened it. Look at it again."))
    version = _published(facts.template_id, batch.unit.path)
    batch.prefix = _checked(facts, batch.unit_id)
    batch.version_id, batch.kind = version.id, version.template.kind
    _write(batch, facts)
    db.session.flush()
    _note(actor, "certificates.change", batch)
    return batch


def choose(batch_id: int, person_ids: Collection[int], *, actor: Actor) -> int:
    """Put people into a draft; how many came in. Raises ``not_fulfilled`` with who cannot have it and why."""
    batch = lock_draft(batch_id, actor)
    count = _put_in(batch, _able(batch, person_ids))
    _note_people(actor, "choose", batch, person_ids)
    return count


def leave_out(batch_id: int, person_ids: Collection[int], *, actor: Actor) -> int:
    """Take people out of a draft; how many left it."""
    batch = lock_draft(batch_id, actor)
    gone = db.session.execute(
        delete(BatchEntry).where(
            BatchEntry.batch_id == batch.id, BatchEntry.person_id.in_(set(person_ids))
        )
    )
    _note_people(actor, "leave_out", batch, person_ids)
    return int(gone.rowcount)  # type: ignore[attr-defined]


def discard_batch(batch_id: int, *, actor: Actor) -> None:
    """Give a draft up; no number was taken."""
    batch = lock_draft(batch_id, actor)
    batch.state, batch.finished_at = BatchState.DISCARDED, clock.now()
    db.session.flush()
    _note(actor, "certificates.discard", batch)


def lock_draft(batch_id: int, actor: Actor) -> CertificateBatch:
    """A batch that is not issued yet, locked. Raises ``batch_settled``; NotFound outside the scope."""
    get_batch(batch_id, scope=actor.unit_path)
    batch = db.session.scalars(
        select(CertificateBatch)
        .where(CertificateBatch.id == batch_id)
        .with_for_update(of=CertificateBatch)
        .execution_options(populate_existing=True)
    ).one()
    if batch.state is not BatchState.DRAFT:
        raise DomainError(
            _("This batch is issued or discarded already. Look at it again."), "batch_settled"
        )
    return batch


def _published(template_id: int, unit_path: str) -> TemplateVersion:
    """The published version of a template that the unit may use: its own, of a unit above it, or ready-made."""
    template = db.session.get(CertificateTemplate, template_id)
    if template is None or not is_usable(template, unit_path):
        raise NotFound(_("There is no such template for your unit."))
    version = db.session.scalars(
        select(TemplateVersion).where(
            TemplateVersion.template_id == template.id,
            TemplateVersion.status == TemplateStatus.PUBLISHED,
        )
    ).first()
    if version is None:
        raise DomainError(
            _("Publish the template first; until then nothing can be issued with it."),
            "no_version",
            "template",
        )
    return version


def is_usable(template: CertificateTemplate, unit_path: str) -> bool:
    """Whether a unit may issue with a template."""
    if template.retired_at is not None and template.retired_at <= clock.now():
        return False
    return template.unit is None or unit_path.startswith(template.unit.path)


def _checked(facts: BatchFacts, unit_id: int) -> str:
    title = facts.title.strip()
    if not title or len(title) > LONGEST_TITLE:
        raise InvalidInput(
            _("Say in 1 to %(most)s characters what the certificate is for.", most=LONGEST_TITLE),
            "title",
            "title",
        )
    problem = why_not_days(
        facts.issued_on,
        facts.valid_until,
        facts.started_on,
        facts.ended_on,
        today=clock.today(),
    )
    if problem is not None:
        raise bad_days(problem)
    if why_not_hours(facts.hours) is not None:
        raise bad_hours()
    prefix = tidy_prefix(facts.prefix)
    refuse_foreign_prefix(prefix, unit_id)
    return prefix


def _write(batch: CertificateBatch, facts: BatchFacts) -> None:
    batch.title = facts.title.strip()
    batch.issued_on, batch.valid_until = facts.issued_on, facts.valid_until
    batch.facts = {
        "from": day(facts.started_on),
        "until": day(facts.ended_on),
        "hours": None if facts.hours is None else str(facts.hours),
        "cohort": facts.cohort.strip(),
        "issuer": facts.issuer.strip(),
    }


def _choose_first(batch: CertificateBatch, person_ids: Collection[int] | None) -> None:
    if person_ids is not None:
        _put_in(batch, _able(batch, person_ids))
        return
    everybody = read_eligible(wanted_of(batch))
    _put_in(batch, [one for one in everybody if one.refusal is None])


def _able(batch: CertificateBatch, person_ids: Collection[int]) -> Sequence[Eligible]:
    found = read_eligible(wanted_of(batch), set(person_ids))
    if len(found) != len(set(person_ids)):
        raise NotFound(
            _("Somebody among them took no part, or is not within the unit that issues.")
        )
    bad = [(one.name, one.refusal) for one in found if one.refusal is not None]
    if bad:
        raise cannot_have(bad)
    return found


def _put_in(batch: CertificateBatch, people: Sequence[Eligible]) -> int:
    inside = {
        row.person_id: row.position
        for row in db.session.execute(
            select(BatchEntry.person_id, BatchEntry.position).where(BatchEntry.batch_id == batch.id)
        )
    }
    new = [one for one in people if one.person_id not in inside]
    if len(inside) + len(new) > MOST_IN_A_BATCH:
        raise DomainError(
            _("A batch holds at most %(most)s people. Make several.", most=MOST_IN_A_BATCH),
            "batch_full",
        )
    last = max(inside.values(), default=0)
    db.session.add_all(
        BatchEntry(
            batch_id=batch.id, person_id=one.person_id, position=place, source_id=one.source_id
        )
        for place, one in enumerate(new, last + 1)
    )
    db.session.flush()
    return len(new)


def _note(actor: Actor, action: str, batch: CertificateBatch) -> None:
    people = db.session.scalar(
        select(func.count()).select_from(BatchEntry).where(BatchEntry.batch_id == batch.id)
    )
    details = {
        "title": batch.title,
        "kind": batch.kind.value,
        "prefix": batch.prefix,
        "people": people,
    }
    record(actor, action, object_type="certificate_batch", object_id=batch.id, details=details)


def _note_people(
    actor: Actor, act: str, batch: CertificateBatch, person_ids: Collection[int]
) -> None:
    record(
        actor,
        f"certificates.{act}",
        object_type="certificate_batch",
        object_id=batch.id,
        details={"people": sorted(set(person_ids))},
    )
