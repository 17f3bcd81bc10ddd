"""Make templates, change drafts of them, publish, retire. A published version stays as certificates were printed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import func, select

from app.core import clock
from app.core.db import db
from app.core.errors import DomainError, InvalidInput, StaleVersion, explain_constraint
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.certificates.design_words import cannot_publish
from app.domain.certificates.models import CertificateTemplate, TemplateVersion
from app.domain.certificates.operations.design_checks import (
    findings_of,
    lock_usable,
    why_not_its_images,
)
from app.domain.certificates.queries.templates import (
    find_version,
    get_template,
    is_own,
    titles_of,
)
from app.domain.certificates.rules.designs import (
    Design,
    Orientation,
    as_data,
    from_data,
)
from app.domain.certificates.rules.drafting import (
    free_title,
    may_be_kept,
    starter,
    without_images,
)
from app.domain.certificates.rules.words import CertificateKind, TemplateStatus
from app.domain.units.models import Unit

LONGEST_TITLE = 80
LONGEST_REASON = 500

explain_constraint(
    "uq_certificate_templates_unit_id_title",
    lambda: DomainError(
        _("A template of your unit is called so already, maybe a retired one. Choose another."),
        "title_taken",
        "title",
    ),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The draft that somebody had before their eyes: which one, and which state of it."""

    version_id: int
    row_version: int


def new_template(
    title: str, kind: CertificateKind, orientation: Orientation, *, actor: Actor
) -> CertificateTemplate:
    """A template of the actor's unit with a draft that could be published as it is. Raises ``title_taken``."""
    title = _tidy_title(title)
    made = _made(title, kind, starter(orientation, title), actor)
    _note(actor, "make_template", made)
    return made


def copy_template(template_id: int, *, actor: Actor) -> CertificateTemplate:
    """A template of one's own that looks like one that may be read, under its title or one like it.

    A seal of another unit stays with that unit.
    """
    source = get_template(template_id, scope=actor.unit_path)
    version = find_version(source.id, TemplateStatus.PUBLISHED) or _get_draft(source)
    return _copied(source, from_data(version.design), actor)


def keep_apart(template_id: int, design: Design, *, actor: Actor) -> CertificateTemplate:
    """What somebody made of a template that another changed meanwhile, as a template of its own."""
    _refuse_endless(design)
    return _copied(get_template(template_id, scope=actor.unit_path), design, actor)


def _copied(source: CertificateTemplate, design: Design, actor: Actor) -> CertificateTemplate:
    missing = {one.where for one in why_not_its_images(design, lock_usable(design, actor))}
    db.session.execute(select(Unit.id).where(Unit.id == actor.unit_id).with_for_update())
    title = free_title(source.title, titles_of(actor.unit_id), LONGEST_TITLE)
    made = _made(title, source.kind, without_images(design, missing), actor)
    _note(actor, "copy_template", made, source=source.title, source_id=source.id)
    return made


def change_template(
    template_id: int, title: str, kind: CertificateKind, *, row_version: int | None, actor: Actor
) -> CertificateTemplate:
    """Another title or kind; what is prepared or issued keeps the kind it had. Raises StaleVersion."""
    template = _lock_own(template_id, actor)
    if row_version is not None and template.row_version != row_version:
        raise StaleVersion(
            _("Somebody changed this template since you opened it. Look at it again.")
        )
    before = {"title": template.title, "kind": template.kind.value}
    template.title, template.kind = _tidy_title(title), kind
    db.session.flush()
    _note(actor, "change_template", template, before=before, kind=kind.value)
    return template


def start_draft(template_id: int, *, actor: Actor) -> TemplateVersion:
    """The draft of a template; where there is none, the next version, as the published one is."""
    template = _lock_in_use(template_id, actor)
    draft = find_version(template.id, TemplateStatus.DRAFT)
    if draft is not None:
        return draft
    published = find_version(template.id, TemplateStatus.PUBLISHED)
    if published is None:
        raise _no_draft()
    last = select(func.max(TemplateVersion.number)).where(
        TemplateVersion.template_id == template.id
    )
    draft = _draft(template, (db.session.scalar(last) or 0) + 1, published.design, actor)
    _note(actor, "start_template_draft", template, version=draft.number)
    return draft


def save_draft(template_id: int, design: Design, *, seen: Seen, actor: Actor) -> TemplateVersion:
    """Keep a design, faulty or not, as the draft. Raises StaleVersion when it is not the one that was seen any more."""
    template = _lock_in_use(template_id, actor)
    draft = _seen_draft(template, seen)
    _refuse_endless(design)
    if why_not_its_images(design, lock_usable(design, actor)):
        raise DomainError(
            _("A picture is not there any more, or not of your unit. Choose another one."),
            "no_image",
        )
    draft.design = as_data(design)
    db.session.flush()
    _note(actor, "save_template", template, version=draft.number)
    return draft


def publish(template_id: int, *, seen: Seen, actor: Actor) -> TemplateVersion:
    """From now on this draft is what is issued with; batches that are prepared keep the version they have.

    Raises StaleVersion, ``bad_design`` with what is wrong and where, ``no_draft`` when somebody published it meanwhile.
    """
    template = _lock_in_use(template_id, actor)
    draft = _seen_draft(template, seen)
    design = from_data(draft.design)
    findings = findings_of(design, lock_usable(design, actor))
    if findings:
        raise cannot_publish(findings)
    before = find_version(template.id, TemplateStatus.PUBLISHED)
    if before is not None:
        before.status = TemplateStatus.RETIRED
        db.session.flush()
    draft.status, draft.published_at = TemplateStatus.PUBLISHED, clock.now()
    db.session.flush()
    _note(actor, "publish_template", template, version=draft.number)
    return draft


def discard_draft(template_id: int, *, actor: Actor) -> None:
    """Give the draft up; the published version goes on. Raises ``only_version`` when none was published yet."""
    template = _lock_own(template_id, actor)
    draft = _get_draft(template)
    if find_version(template.id, TemplateStatus.PUBLISHED) is None:
        raise DomainError(
            _("Nothing of this template was published yet. Retire the template instead."),
            "only_version",
        )
    draft.status = TemplateStatus.RETIRED  # never deleted: no other draft gets its id
    db.session.flush()
    _note(actor, "discard_template_draft", template, version=draft.number)


def retire(template_id: int, on: date, reason: str, *, actor: Actor) -> CertificateTemplate:
    """From this day on nothing new is prepared with it; what was prepared or issued stays."""
    template = _lock_own(template_id, actor)
    why = reason.strip()
    if not why or len(why) > LONGEST_REASON:
        raise InvalidInput(
            _("Say why, in at most %(most)s characters.", most=LONGEST_REASON), "reason", "reason"
        )
    if on < clock.today():
        raise InvalidInput(
            _("The day lies in the past; choose today or a later one."), "past", "on"
        )
    template.retired_at = datetime.combine(on, time(), clock.zone())
    if on == clock.today():
        template.retired_at = clock.now()
    db.session.flush()
    _note(actor, "retire_template", template, reason=why, on=on.isoformat())
    return template


def bring_back(template_id: int, *, actor: Actor) -> CertificateTemplate:
    """Use a retired template again, or take back that it will be retired."""
    template = _lock_own(template_id, actor)
    if template.retired_at is None:
        raise DomainError(_("This template is in use already."), "in_use")
    template.retired_at = None
    db.session.flush()
    _note(actor, "restore_template", template)
    return template


def _made(title: str, kind: CertificateKind, design: Design, actor: Actor) -> CertificateTemplate:
    template = CertificateTemplate(
        unit_id=actor.unit_id,
        title=title,
        kind=kind,
        created_by=actor.account_id,
        created_at=clock.now(),
    )
    db.session.add(template)
    db.session.flush()
    _draft(template, 1, as_data(design), actor)
    return template


def _draft(
    template: CertificateTemplate, number: int, design: dict[str, Any], actor: Actor
) -> TemplateVersion:
    draft = TemplateVersion(
        template_id=template.id,
        number=number,
        design=design,
        created_by=actor.account_id,
        created_at=clock.now(),
    )
    db.session.add(draft)
    db.session.flush()
    return draft


def _lock_own(template_id: int, actor: Actor) -> CertificateTemplate:
    """A template of the actor's own unit, locked. One that may only be read is refused with what to do."""
    seen = get_template(template_id, scope=actor.unit_path)
    if not is_own(seen, actor.unit_path):
        raise DomainError(
            _("This template is not of your unit. Make a copy of it and change that."), "not_own"
        )
    return db.session.scalars(
        select(CertificateTemplate)
        .where(CertificateTemplate.id == template_id)
        .with_for_update(of=CertificateTemplate)
        .execution_options(populate_existing=True)
    ).one()


def _lock_in_use(template_id: int, actor: Actor) -> CertificateTemplate:
    template = _lock_own(template_id, actor)
    if template.retired_at is not None and template.retired_at <= clock.now():
        raise DomainError(_("This template is retired. Bring it back into use first."), "retired")
    return template


def _get_draft(template: CertificateTemplate) -> TemplateVersion:
    draft = find_version(template.id, TemplateStatus.DRAFT)
    if draft is None:
        raise _no_draft()
    return draft


def _no_draft() -> DomainError:
    return DomainError(
        _("This template has no draft any more: somebody published it or gave it up meanwhile."),
        "no_draft",
    )


def _seen_draft(template: CertificateTemplate, seen: Seen) -> TemplateVersion:
    draft = _get_draft(template)
    db.session.refresh(draft)
    if (draft.id, draft.row_version) != (seen.version_id, seen.row_version):
        raise StaleVersion(_("Somebody else saved this draft while you worked on it."))
    return draft


def _refuse_endless(design: Design) -> None:
    if not may_be_kept(design):
        raise InvalidInput(
            _("This design has too many texts, one too long, or a number far beyond the sheet."),
            "design_endless",
        )


def _tidy_title(title: str) -> str:
    tidy = title.strip()
    if not tidy or len(tidy) > LONGEST_TITLE:
        raise InvalidInput(
            _("Give it a title of 1 to %(most)s characters.", most=LONGEST_TITLE), "title", "title"
        )
    return tidy


def _note(
    actor: Actor,
    act: str,
    template: CertificateTemplate,
    *,
    reason: str | None = None,
    **details: Any,
) -> None:
    record(
        actor,
        f"certificates.{act}",
        object_type="certificate_template",
        object_id=template.id,
        details={"title": template.title, **details},
        reason=reason,
    )
