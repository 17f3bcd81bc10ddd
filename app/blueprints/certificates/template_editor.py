"""The editor of a draft: a sheet with boxes to move, the same as a form of numbers, and how it will look."""

from __future__ import annotations

import base64
from dataclasses import dataclass, replace
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.certificates.blueprint import blueprint
from app.blueprints.certificates.template_acts import (
    editor_address,
    published_words,
    template_address,
)
from app.blueprints.certificates.template_forms import DesignForm, form_data
from app.core.errors import DomainError, Forbidden, NotFound, StaleVersion
from app.core.photos import made_anew
from app.domain.accounts.rules import Actor
from app.domain.certificates.design_words import PLACEHOLDER_WORDS, place_of, words_of
from app.domain.certificates.models import CertificateTemplate, TemplateVersion
from app.domain.certificates.operations import templates as operations
from app.domain.certificates.operations.design_checks import findings_of
from app.domain.certificates.operations.looking import invented_paper, picture_of
from app.domain.certificates.queries.images import list_usable_images
from app.domain.certificates.queries.templates import (
    find_last_act,
    find_version,
    get_template,
    is_own,
)
from app.domain.certificates.rules.designs import (
    MOST_TEXTS,
    PLACEHOLDERS,
    Design,
    Finding,
    from_data,
)
from app.domain.certificates.rules.drafting import may_be_kept, new_text, with_copy, without
from app.domain.certificates.rules.words import TemplateStatus

SAVING = {"save", "publish", "pictures"}
CHANGING = {"add", "copy", "remove", "insert"}


@dataclass(frozen=True, slots=True)
class Edited:
    """What is being edited: the template, its draft, and what its form says or what there is to say about it."""

    template: CertificateTemplate
    draft: TemplateVersion
    form: DesignForm
    design: Design
    images: Any

    @property
    def image_ids(self) -> set[int]:
        return {one.id for one in self.images}


@blueprint.route("/templates/<int:template_id>/edit", methods=["GET", "POST"])
@requires("certificates.design")
def edit_template(template_id: int) -> ResponseReturnValue:
    """Change the draft. Without scripts every change of the list of texts comes back as the whole page."""
    act, _colon, index = request.form.get("act", "").partition("-")
    edited = _edited(template_id)
    if isinstance(edited, str):
        return redirect(edited)
    if request.method == "GET":
        return _page(edited)
    if not edited.form.validate():
        return _page(edited), 422
    if act in SAVING:
        return _save(edited, act)
    if act == "apart":
        return _keep_apart(edited)
    if act in CHANGING:
        return _changed(edited, act, index)
    return _page(edited)


@blueprint.post("/templates/<int:template_id>/look")
@requires("certificates.design")
def look_at_template(template_id: int) -> ResponseReturnValue:
    """How what is typed would look, and what is wrong with it; nothing is kept."""
    edited = _edited(template_id)
    if isinstance(edited, str):
        return redirect(edited)
    valid = edited.form.validate() and may_be_kept(edited.design)
    return render_template(
        "certificates/templates/_look.html",
        template=edited.template,
        design=edited.design,
        told=edited.form.told(),
        findings=_findings(edited) if valid else [],
        picture=_picture(edited) if valid else None,
        place_of=place_of,
        words_of=words_of,
    )


def _edited(template_id: int) -> Edited | str:
    """What is edited; an address to go to where there is no draft to edit."""
    actor = current_actor()
    found = get_template(template_id, scope=actor.unit_path)
    draft = find_version(found.id, TemplateStatus.DRAFT)
    if draft is None or not is_own(found, actor.unit_path):
        flash(_("There is no draft to edit. Start one, or make a copy of the template."), "info")
        return template_address(found.id)
    stored = from_data(draft.design)
    known = {**form_data(stored), "version_id": draft.id, "row_version": draft.row_version}
    form = DesignForm(data=known)
    images = list_usable_images(actor.unit_path)
    form.offer(images)
    if request.method == "GET":
        return Edited(found, draft, form, stored, images)
    return Edited(found, draft, form, form.design() if form.validate() else stored, images)


def _save(edited: Edited, act: str) -> ResponseReturnValue:
    template_id = edited.template.id
    try:
        with acting() as actor:
            _saved(template_id, edited, act, actor)
    except (Forbidden, NotFound):
        raise
    except StaleVersion as stale:
        return _conflict(template_id, edited, stale)
    except DomainError as error:
        edited.form.form_errors.append(str(error.message))
        return _page(_again(template_id, edited)), 422
    flash(published_words() if act == "publish" else _("The draft is saved."), "success")
    if act == "publish":
        return redirect(template_address(template_id))
    if act == "pictures":
        return redirect(url_for("certificates.template_images", template=template_id))
    return redirect(editor_address(template_id))


def _saved(template_id: int, edited: Edited, act: str, actor: Actor) -> None:
    draft = operations.save_draft(template_id, edited.design, seen=edited.form.seen(), actor=actor)
    if act == "publish":
        seen = operations.Seen(draft.id, draft.row_version)
        operations.publish(template_id, seen=seen, actor=actor)


def _conflict(template_id: int, edited: Edited, stale: StaleVersion) -> ResponseReturnValue:
    """Somebody else was faster: nothing is overwritten, and nothing that was typed is lost."""
    edited.form.form_errors.append(str(stale.message))
    other = find_last_act(template_id, "certificates.save_template")
    return _page(_again(template_id, edited), conflict=True, other=other), 409


def _again(template_id: int, edited: Edited) -> Edited:
    """What was typed, beside the template as it is now that the transaction has ended."""
    actor = current_actor()
    found = get_template(template_id, scope=actor.unit_path)
    images = list_usable_images(actor.unit_path)
    return replace(edited, template=found, images=images)


def _keep_apart(edited: Edited) -> ResponseReturnValue:
    with acting() as actor:
        made = operations.keep_apart(edited.template.id, edited.design, actor=actor).id
    flash(_("What you made is a template of its own now."), "success")
    return redirect(editor_address(made))


def _changed(edited: Edited, act: str, index: str) -> ResponseReturnValue:
    """The form with a text more or less; nothing is kept before it is saved."""
    design = _with_change(edited.design, act, index)
    if len(design.texts) > MOST_TEXTS:
        edited.form.form_errors.append(_("A sheet holds at most %(most)s texts.", most=MOST_TEXTS))
        design = edited.design
    seen = edited.form.seen()
    known = {"version_id": seen.version_id, "row_version": seen.row_version}
    form = DesignForm(formdata=None, data={**form_data(design), **known})
    form.offer(edited.images)
    form.form_errors = edited.form.form_errors
    changed = replace(edited, form=form, design=design)
    if "HX-Request" in request.headers:
        return render_template("certificates/templates/_texts.html", **_context(changed))
    return _page(changed)


def _with_change(design: Design, act: str, text: str) -> Design:
    if act == "add":
        return replace(design, texts=(*design.texts, new_text(design)))
    index = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else -1
    if not 0 <= index < len(design.texts):
        abort(400)
    if act == "copy":
        return with_copy(design, index)
    if act == "remove":
        return without(design, index)
    word = request.form.get(f"insert-{index}", "")
    if word not in PLACEHOLDERS:
        abort(400)
    one = design.texts[index]
    texts = list(design.texts)
    texts[index] = replace(one, text=f"{one.text}{{{word}}}")
    return replace(design, texts=tuple(texts))


def _findings(edited: Edited) -> list[Finding]:
    return findings_of(edited.design, edited.images)


def _picture(edited: Edited) -> str:
    """As part of the page, because no address names what is only typed; as JPEG, a third of what PNG takes."""
    paper = invented_paper(edited.template.kind, current_actor().unit_id)
    drawn = picture_of(edited.design, paper, images=edited.image_ids)
    light = made_anew(drawn, "image/png", as_type="image/jpeg")
    return f"data:image/jpeg;base64,{base64.b64encode(light).decode()}"


def _page(edited: Edited, **further: Any) -> str:
    return render_template(
        "certificates/templates/edit.html",
        findings=_findings(edited),
        picture=_picture(edited),
        told=edited.form.told(),
        place_of=place_of,
        words_of=words_of,
        **_context(edited),
        **{"conflict": False, "other": None, **further},
    )


def _context(edited: Edited) -> dict[str, Any]:
    return {
        "template": edited.template,
        "draft": edited.draft,
        "form": edited.form,
        "design": edited.design,
        "placeholders": PLACEHOLDER_WORDS,
        "most_texts": MOST_TEXTS,
    }
