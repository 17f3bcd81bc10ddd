"""Templates of certificates: the list, one with its versions, how a version looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import current_actor, requires
from app.blueprints.asking import asked_choice, asked_page, asked_text, refuse_beyond
from app.blueprints.certificates.blueprint import blueprint
from app.blueprints.certificates.words import KINDS, TEMPLATE_STATES
from app.blueprints.choosing import chooser_page, chosen_people, is_choosing
from app.blueprints.downloads import attachment
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.certificates.models import CertificateTemplate, TemplateVersion
from app.domain.certificates.operations.looking import (
    invented_paper,
    paper_of,
    picture_of,
    sample_of,
)
from app.domain.certificates.queries.templates import (
    TemplateFilter,
    find_last_act,
    get_template,
    get_version,
    is_own,
    list_templates,
    list_versions,
)
from app.domain.certificates.rules.designs import Design, PaperFacts, from_data
from app.domain.certificates.rules.words import CertificateKind, TemplateStatus

RETIRED = "retired"


@blueprint.get("/templates/")
@requires("certificates.design")
def templates() -> str:
    """The unit's own templates, those of units above it, and ready-made ones."""
    actor, kind = current_actor(), asked_choice("kind", CertificateKind)
    wanted = TemplateFilter(
        actor.unit_path, asked_text(), kind, retired=request.args.get("show") == RETIRED
    )
    page = list_templates(wanted, page=asked_page())
    refuse_beyond(page)
    chips = []
    if wanted.q:
        chips.append(("q", _("Search"), wanted.q))
    if kind is not None:
        chips.append(("kind", _("Kind"), str(KINDS[kind])))
    if wanted.retired:
        chips.append(("show", _("State"), _("retired templates")))
    return render_template(
        "certificates/templates/index.html",
        page=page,
        chips=chips,
        kinds=KINDS,
        is_own=lambda template: is_own(template, actor.unit_path),
        is_retired=is_retired,
    )


def is_retired(template: CertificateTemplate) -> bool:
    """Whether nothing new is prepared with it today."""
    return template.retired_at is not None and template.retired_at <= clock.now()


@blueprint.get("/templates/<int:template_id>")
@requires("certificates.design")
def template(template_id: int) -> str:
    """A template: how it looks, its versions, what can be done with it."""
    actor = current_actor()
    found = get_template(template_id, scope=actor.unit_path)
    rows = list_versions(found, scope=actor.unit_path)
    by_status = {row.TemplateVersion.status: row.TemplateVersion for row in rows}
    retirement = None
    if found.retired_at is not None:
        retirement = find_last_act(found.id, "certificates.retire_template")
    return render_template(
        "certificates/templates/show.html",
        template=found,
        rows=rows,
        current=by_status.get(TemplateStatus.PUBLISHED),
        draft=by_status.get(TemplateStatus.DRAFT),
        own=is_own(found, actor.unit_path),
        retired=is_retired(found),
        retirement=retirement,
        kinds=KINDS,
        states=TEMPLATE_STATES,
    )


@blueprint.get("/templates/<int:template_id>/versions/<int:number>/preview.png")
@requires("certificates.design")
def template_picture(template_id: int, number: int) -> Response:
    """A version as a picture, with invented facts or those of ``person_id``."""
    picture = _drawn(template_id, number, picture_of)
    return Response(picture, mimetype="image/png", headers={"Cache-Control": "no-store"})


@blueprint.get("/templates/<int:template_id>/versions/<int:number>/preview.pdf")
@requires("certificates.design")
def template_sample(template_id: int, number: int) -> Response:
    """A version as PDF, for the printer to try."""
    data = _drawn(template_id, number, sample_of)
    title = get_template(template_id, scope=current_actor().unit_path).title
    answer = attachment(data, _("Sample of %(title)s.pdf", title=title), "application/pdf")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _drawn(template_id: int, number: int, draw: Callable[..., bytes]) -> bytes:
    actor = current_actor()
    found, version = _version(template_id, number, actor)
    design: Design = from_data(version.design)
    return draw(design, _asked_paper(found, actor), images=design.image_ids)


def _version(
    template_id: int, number: int, actor: Actor
) -> tuple[CertificateTemplate, TemplateVersion]:
    found = get_template(template_id, scope=actor.unit_path)
    return found, get_version(found, number, scope=actor.unit_path)


def _asked_paper(found: CertificateTemplate, actor: Actor) -> PaperFacts:
    """What the paper says: of the person named in the address, else of nobody."""
    person_id = request.args.get("person_id", type=int)
    if person_id is None:
        return invented_paper(found.kind, actor.unit_id)
    return paper_of(person_id, found.kind, actor.unit_id, scope=actor.unit_path)


@blueprint.get("/templates/<int:template_id>/versions/<int:number>/try")
@requires("certificates.design")
def try_template(template_id: int, number: int) -> ResponseReturnValue:
    """A version with the facts of somebody of the unit, who is searched first."""
    actor = current_actor()
    found, version = _version(template_id, number, actor)
    chosen = chosen_people(actor)
    back = url_for("certificates.template", template_id=found.id)
    if is_choosing(chosen):
        return chooser_page(actor, _("Preview with the facts of"), (found.title, back))
    person: Any = chosen[0]
    return render_template(
        "certificates/templates/try.html", template=found, version=version, person=person
    )
