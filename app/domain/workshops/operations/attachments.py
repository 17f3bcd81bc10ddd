"""Files handed out with a workshop; the bytes lie encrypted in core.files, never in the web root."""

from __future__ import annotations

from sqlalchemy import func, select

from app.core import clock, files
from app.core.db import db
from app.core.errors import DomainError, NotFound
from app.core.file_types import FileType, clean_name
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.workshops.models import Attachment, Workshop
from app.domain.workshops.operations.locking import lock_editable

MOST_ATTACHMENTS = 20


def add_attachment(
    workshop_id: int, *, file_key: str, name: str, kind: FileType, size: int, actor: Actor
) -> Attachment:
    """Hand out a file that was checked (``core.uploads.check_file``) and stored before the transaction."""
    workshop = lock_editable(workshop_id, actor=actor)
    count = select(func.count()).where(Attachment.workshop_id == workshop.id)
    if (db.session.scalar(count) or 0) >= MOST_ATTACHMENTS:
        raise DomainError(
            _("A workshop has at most %(most)s files. Remove one first.", most=MOST_ATTACHMENTS),
            "too_many_files",
            "file",
        )
    attachment = Attachment(
        workshop_id=workshop.id,
        file_key=file_key,
        file_name=clean_name(name),
        content_type=kind.content_type,
        size=size,
        uploaded_by=actor.account_id,
        uploaded_at=clock.now(),
    )
    db.session.add(attachment)
    db.session.flush()
    _audit(workshop, "add_attachment", attachment, actor)
    return attachment


def remove_attachment(attachment_id: int, *, actor: Actor) -> tuple[int, str]:
    """Take a file back; returns the workshop's id and the file's key, for ``discard`` once this has landed."""
    workshop_id = db.session.scalar(
        select(Attachment.workshop_id).where(Attachment.id == attachment_id)
    )
    if workshop_id is None:
        raise NotFound(_("There is no such file."))
    workshop = lock_editable(workshop_id, actor=actor)
    attachment = db.session.get_one(Attachment, attachment_id)
    _audit(workshop, "remove_attachment", attachment, actor)
    key = attachment.file_key
    db.session.delete(attachment)
    db.session.flush()
    return workshop.id, key


def discard(file_key: str) -> None:
    """Remove the bytes of a file that was taken back, unless a copy of the workshop still hands them out.

    After the transaction: a copy takes its files over from a row that is there, so nobody can after the last went.
    """
    used = select(Attachment.id).where(Attachment.file_key == file_key).limit(1)
    if db.session.scalar(used) is None:
        files.remove(file_key)


def _audit(workshop: Workshop, action: str, attachment: Attachment, actor: Actor) -> None:
    workshop.row_version += 1  # its page is kept until this changes
    record(
        actor,
        f"workshops.{action}",
        object_type="workshop",
        object_id=workshop.id,
        details={"file": attachment.id, "size": attachment.size},
        unit_path=workshop.organiser.path,
    )
