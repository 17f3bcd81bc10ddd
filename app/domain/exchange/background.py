"""Large workbooks are checked and applied by the worker; whoever brought them may leave the page meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from app.core.db import atomic
from app.core.errors import DomainError, Forbidden
from app.core.i18n import gettext as _
from app.core.i18n import lazy_gettext
from app.core.jobs import MAX_ATTEMPTS, Job, conclude, enqueue, handles, report
from app.core.turns import Busy
from app.domain.accounts.queries.actors import find_acting
from app.domain.accounts.rules import Actor
from app.domain.exchange.models import Import, ImportState
from app.domain.exchange.operations import DataChanged, check, confirm
from app.domain.exchange.operations.submitting import lock_import, think
from app.domain.outbox.operations import notify
from app.domain.outbox.wording import register_notice

CHECK = "imports.check"
LAND = "imports.land"
LARGE_BYTES = 400_000
LARGE_ROWS = 3000

register_notice(
    "imports.checked",
    lazy_gettext("“%(file)s” is checked"),
    lazy_gettext("Look at the preview, then confirm or discard it."),
)
register_notice(
    "imports.landed",
    lazy_gettext("“%(file)s” has been imported"),
    lazy_gettext(
        "%(created)s rows created, %(changed)s changed, %(unresolved)s wait in the queue."
    ),
)
register_notice(
    "imports.failed",
    lazy_gettext("“%(file)s” could not be imported"),
    lazy_gettext("Nothing was changed. The page of the import says why."),
)


def is_large(data: bytes) -> bool:
    """Whether a workbook is too large to be checked while its reader waits."""
    return len(data) > LARGE_BYTES


def has_many_rows(batch: Import) -> bool:
    return int(batch.counts.get("read", 0)) > LARGE_ROWS


def check_later(batch: Import, actor: Actor) -> None:
    """Ask the worker to check an uploaded workbook, in the caller's transaction."""
    batch.state = ImportState.CHECKING
    batch.job_id = _enqueue(CHECK, batch, actor).id


def confirm_later(import_id: int, *, actor: Actor) -> Import:
    """Ask the worker to let a previewed import land, in the caller's transaction."""
    batch = lock_import(import_id, actor)
    if batch.state is not ImportState.PREVIEW:
        raise DomainError(_("This import is settled already."), "import_settled")
    batch.state = ImportState.APPLYING
    batch.job_id = _enqueue(LAND, batch, actor).id
    return batch


def _enqueue(kind: str, batch: Import, actor: Actor) -> Job:
    arguments = {
        "import_id": batch.id,
        "account_id": actor.account_id,
        "grant_id": actor.grant_id,
    }
    return enqueue(kind, arguments, created_by=actor.account_id)


@handles(CHECK)
def check_in_background(job: Job) -> None:
    import_id, job_id, account_id = _arguments(job)
    with _failing(job):
        plan = think(import_id, actor=_actor(job), progress=_progress(job_id))
    with atomic():
        batch = check(import_id, plan, actor=_actor(job))
        notify(
            account_id, "imports.checked", {"file": batch.file_name}, link=f"/imports/{import_id}"
        )
        conclude(job)


@handles(LAND)
def land_in_background(job: Job) -> None:
    import_id, job_id, account_id = _arguments(job)

    @contextmanager
    def transaction() -> Iterator[Actor]:
        with atomic():
            yield _actor(job)

    def settle(batch: Import) -> None:
        kind = "imports.landed" if batch.state is ImportState.LANDED else "imports.checked"
        facts = {"file": batch.file_name, **batch.counts}
        notify(account_id, kind, facts, link=f"/imports/{import_id}")
        conclude(job)

    with suppress(DataChanged), _failing(job):
        confirm(
            import_id,
            transaction,
            actor=_actor(job),
            progress=_progress(job_id),
            conclude=settle,
        )


def _arguments(job: Job) -> tuple[int, int, int]:
    return int(job.arguments["import_id"]), job.id, int(job.arguments["account_id"])


def _actor(job: Job) -> Actor:
    """Who asked for the work, with the rights of now. Raises Forbidden when the role has ended meanwhile."""
    account_id, grant_id = int(job.arguments["account_id"]), job.arguments["grant_id"]
    found = find_acting(account_id, grant_id=grant_id, channel="worker")
    if found is None or found[1] is None or found[1].grant_id != grant_id:
        raise Forbidden(_("The role in which this was asked for has ended."))
    return found[1]


def _progress(job_id: int) -> Callable[[int, int], None]:
    def tell(done: int, total: int) -> None:
        report(job_id, done, total)

    return tell


@contextmanager
def _failing(job: Job) -> Iterator[None]:
    """A refusal is kept with the import, where its owner looks, before the job fails with it."""
    import_id, _job_id, account_id = _arguments(job)
    try:
        yield
    except DataChanged:
        raise
    except DomainError as refusal:
        if isinstance(refusal, Busy) and job.attempts < MAX_ATTEMPTS:
            raise  # the job tries again
        with atomic() as session:
            batch = session.get_one(Import, import_id)
            if batch.state in {ImportState.CHECKING, ImportState.APPLYING}:
                batch.state = ImportState.FAILED
                batch.error = str(refusal.message)
                notify(
                    account_id,
                    "imports.failed",
                    {"file": batch.file_name},
                    link=f"/imports/{import_id}",
                )
        raise
