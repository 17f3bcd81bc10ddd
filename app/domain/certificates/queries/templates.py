"""Reads of templates: the list, one with its versions, and which ones a unit may use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, not_, or_, select
from sqlalchemy.orm import contains_eager

from app.core import clock
from app.core.db import db
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.paging import PAGE_SIZE, Page
from app.core.text import like_pattern
from app.domain.audit.models import AuditEntry
from app.domain.certificates.models import Certificate, CertificateTemplate, TemplateVersion
from app.domain.certificates.rules.words import CertificateKind, TemplateStatus
from app.domain.units.models import Unit
from app.domain.units.queries import in_subtree


@dataclass(frozen=True, slots=True)
class TemplateFilter:
    """What the list is narrowed to. ``path``: of the unit that looks; its own, those above it, ready-made ones."""

    path: str
    q: str = ""
    kind: CertificateKind | None = None
    retired: bool = False


def is_above(path: str) -> ColumnElement[bool]:
    """The condition that a unit is the one of this path or above it."""
    return Unit.path == func.substr(path, 1, func.length(Unit.path))


def has_version(status: TemplateStatus) -> ColumnElement[bool]:
    """The condition that a template has a version of this status."""
    return (
        select(TemplateVersion.id)
        .where(
            TemplateVersion.template_id == CertificateTemplate.id, TemplateVersion.status == status
        )
        .exists()
    )


def is_in_use() -> ColumnElement[bool]:
    """The condition that a template is not retired yet."""
    ends = CertificateTemplate.retired_at
    return or_(ends.is_(None), ends > clock.now())


def _is_readable(path: str) -> ColumnElement[bool]:
    """One's own, and what those above have published."""
    published = has_version(TemplateStatus.PUBLISHED)
    others = or_(CertificateTemplate.unit_id.is_(None), is_above(path))
    return or_(Unit.path == path, and_(published, others))


def list_templates(
    wanted: TemplateFilter, *, page: int = 1, size: int = PAGE_SIZE
) -> Page[Row[Any]]:
    """Rows of (CertificateTemplate with its unit, current, draft, issued); one's own first, ready-made ones last.

    ``current`` and ``draft``: numbers of versions. ``issued``: certificates of the unit's subtree.
    """
    table = CertificateTemplate
    conditions = [_is_readable(wanted.path)]
    conditions.append(not_(is_in_use()) if wanted.retired else is_in_use())
    if wanted.q:
        conditions.append(table.title.ilike(like_pattern(wanted.q), escape="\\"))
    if wanted.kind is not None:
        conditions.append(table.kind == wanted.kind)
    joined = select(func.count()).select_from(table).outerjoin(table.unit)
    total = db.session.scalar(joined.where(*conditions)) or 0
    statement: Any = (
        select(
            table,
            _number(TemplateStatus.PUBLISHED).label("current"),
            _number(TemplateStatus.DRAFT).label("draft"),
            _issued(TemplateVersion.template_id == table.id, wanted.path).label("issued"),
        )
        .outerjoin(table.unit)
        .options(contains_eager(table.unit))
        .where(*conditions)
        .order_by(table.unit_id.is_(None), func.length(Unit.path).desc(), table.id)
        .limit(size)
        .offset((page - 1) * size)
    )
    return Page(db.session.execute(statement).all(), page, size, total)


def _number(status: TemplateStatus) -> Any:
    version = TemplateVersion
    return (
        select(version.number)
        .where(version.template_id == CertificateTemplate.id, version.status == status)
        .correlate(CertificateTemplate)
        .scalar_subquery()
    )


def _issued(condition: ColumnElement[bool], path: str) -> Any:
    """How many certificates of the subtree were made by versions under the condition."""
    issuer = select(Unit.id).where(in_subtree(path))
    return (
        select(func.count(Certificate.id))
        .join(TemplateVersion, TemplateVersion.id == Certificate.version_id)
        .where(condition, Certificate.unit_id.in_(issuer))
        .correlate(CertificateTemplate)
        .scalar_subquery()
    )


def get_template(template_id: int, *, scope: str) -> CertificateTemplate:
    """A template that the unit of this path may read; NotFound for any other."""
    found = db.session.scalar(
        select(CertificateTemplate)
        .outerjoin(CertificateTemplate.unit)
        .where(CertificateTemplate.id == template_id, _is_readable(scope))
        .options(contains_eager(CertificateTemplate.unit))
    )
    if found is None:
        raise no_such_template()
    return found


def no_such_template() -> NotFound:
    """The answer to a template that is not there or not to be seen."""
    return NotFound(_("There is no such template for your unit."))


def is_own(template: CertificateTemplate, scope: str) -> bool:
    """Whether it is of the unit of this path itself, which alone may change it."""
    return template.unit is not None and template.unit.path == scope


def list_versions(template: CertificateTemplate, *, scope: str) -> Sequence[Row[Any]]:
    """Rows of (TemplateVersion, issued), the newest first; no drafts that were given up, none of others."""
    own = is_own(template, scope)
    counts = (
        select(func.count(Certificate.id))
        .join(Unit, Unit.id == Certificate.unit_id)
        .where(Certificate.version_id == TemplateVersion.id, in_subtree(scope))
        .correlate(TemplateVersion)
        .scalar_subquery()
    )
    statement: Any = (
        select(TemplateVersion, counts.label("issued"))
        .where(TemplateVersion.template_id == template.id, _is_shown(own))
        .order_by(TemplateVersion.number.desc())
    )
    return db.session.execute(statement).all()


def _is_shown(own: bool) -> ColumnElement[bool]:
    published = TemplateVersion.published_at.is_not(None)
    return or_(published, TemplateVersion.status == TemplateStatus.DRAFT) if own else published


def get_version(template: CertificateTemplate, number: int, *, scope: str) -> TemplateVersion:
    """A version of a template that may be read; drafts only of one's own."""
    version = db.session.scalar(
        select(TemplateVersion).where(
            TemplateVersion.template_id == template.id,
            TemplateVersion.number == number,
            _is_shown(is_own(template, scope)),
        )
    )
    if version is None:
        raise NotFound(_("This template has no such version."))
    return version


def find_version(template_id: int, status: TemplateStatus) -> TemplateVersion | None:
    """The draft of a template, or its published version."""
    return db.session.scalar(
        select(TemplateVersion).where(
            TemplateVersion.template_id == template_id, TemplateVersion.status == status
        )
    )


def titles_of(unit_id: int) -> set[str]:
    """What the templates of a unit are called."""
    return set(
        db.session.scalars(
            select(CertificateTemplate.title).where(CertificateTemplate.unit_id == unit_id)
        )
    )


def find_last_act(template_id: int, action: str) -> Row[Any] | None:
    """Who did this to a template last, when and why: actor_name, at, reason."""
    statement: Any = (
        select(AuditEntry.actor_name, AuditEntry.at, AuditEntry.reason)
        .where(
            AuditEntry.object_type == "certificate_template",
            AuditEntry.object_id == str(template_id),
            AuditEntry.action == action,
        )
        .order_by(AuditEntry.id.desc())
        .limit(1)
    )
    return db.session.execute(statement).first()
