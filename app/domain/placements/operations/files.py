"""Papers of a cohort: the plan (培养方案), the agreement (协议), the notice; the bytes lie encrypted in core.files."""

from __future__ import annotations

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.core.file_types import FileType, clean_name
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.placements.models import CohortFile
from app.domain.placements.operations.locking import lock_editable
from app.domain.placements.operations.planning import audit_cohort
from app.domain.placements.queries.visibility import get_cohort

MOST_FILES = 20


def add_file(
    cohort_id: int, *, file_key: str, name: str, kind: FileType, size: int, actor: Actor
) -> CohortFile:
    """Add a file that was checked (``core.uploads.check_file``) and stored before the transaction."""
    cohort = lock_editable(cohort_id, actor=actor)
    count = select(func.count()).where(CohortFile.cohort_id == cohort.id)
    if (db.session.scalar(count) or 0) >= MOST_FILES:
        raise DomainError(
            _("A cohort has at most %(most)s files. Remove one first.", most=MOST_FILES),
            "too_many_files",
            "file",
        )
    kept = CohortFile(
        cohort_id=cohort.id,
        file_key=file_key,
        file_name=clean_name(name),
        content_type=kind.content_type,
        size=size,
        uploaded_by=actor.account_id,
        uploaded_at=clock.now(),
    )
    db.session.add(kept)
    db.session.flush()
    audit_cohort(actor, "placements.add_file", cohort, {"file": kept.id, "size": size})
    return kept


def remove_file(file_id: int, *, actor: Actor) -> tuple[int, str]:
    """Take a file back; the cohort's id and the file's key, to be removed once this has landed."""
    kept = get_file(file_id, actor=actor)
    cohort = lock_editable(kept.cohort_id, actor=actor)
    key = kept.file_key
    audit_cohort(actor, "placements.remove_file", cohort, {"file": kept.id})
    db.session.delete(kept)
    db.session.flush()
    return cohort.id, key


def get_file(file_id: int, *, actor: Actor) -> CohortFile:
    """A file of a cohort that the actor sees. Raises NotFound."""
    kept = db.session.get(CohortFile, file_id)
    if kept is None:
        raise NotFound(_("There is no such file."))
    get_cohort(kept.cohort_id, actor=actor)
    return kept
