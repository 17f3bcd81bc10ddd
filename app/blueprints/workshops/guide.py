"""The marking guide of a workshop: criteria, weights, described levels. Works without scripts."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.workshops.blueprint import blueprint
from app.blueprints.workshops.grading_words import CRITERION_KINDS
from app.core.errors import DomainError, Forbidden, InvalidInput, NotFound
from app.domain.workshops.models import Criterion
from app.domain.workshops.operations.guide import set_guide
from app.domain.workshops.queries.gradebook import has_marks, list_criteria
from app.domain.workshops.queries.workshops import get_run_workshop, may_plan
from app.domain.workshops.rules.grading import plain
from app.domain.workshops.rules.planning import GuideItem
from app.domain.workshops.rules.words import CriterionKind

MOST_CRITERIA = 20
SPARE = 2


@dataclass(slots=True)
class Line:
    """One line of the editor as it was typed."""

    id: str = ""
    title: str = ""
    kind: str = ""
    weight: str = ""
    maximum: str = "100"
    levels: str = ""
    order: str = ""

    @property
    def is_empty(self) -> bool:
        return not (self.title.strip() or self.weight.strip() or self.levels.strip())


@dataclass(slots=True)
class Editor:
    """The lines, and what is wrong with them."""

    lines: list[Line] = field(default_factory=list)
    refusal: str | None = None


@blueprint.route("/<int:workshop_id>/guide", methods=["GET", "POST"])
@requires("workshops.grade")
def guide(workshop_id: int) -> ResponseReturnValue:
    """Read the marking guide; who plans the workshop edits it here."""
    actor = current_actor()
    workshop = get_run_workshop(workshop_id, actor=actor)
    criteria = list_criteria(workshop_id)
    editor = Editor([_line(criterion) for criterion in criteria])
    if request.method == "POST":
        if not may_plan(workshop, actor):
            raise NotFound(_("There is no such workshop within your unit."))
        editor = Editor(_sent())
        if "more" not in request.form:
            answer = _save(workshop_id, editor)
            if answer is not None:
                return answer
            workshop = get_run_workshop(workshop_id, actor=current_actor())
    page = render_template(
        "workshops/guide.html",
        workshop=workshop,
        criteria=list_criteria(workshop_id),
        editor=_with_spare(editor),
        kinds=CRITERION_KINDS,
        may_edit=may_plan(workshop, current_actor()),
        marked=has_marks(workshop_id),
        total=sum((c.weight for c in criteria), start=Decimal(0)),
        plain=plain,
    )
    return (page, 422) if editor.refusal else page


def _save(workshop_id: int, editor: Editor) -> ResponseReturnValue | None:
    """The way back after saving; None when it was refused (the editor says why)."""
    version = request.form.get("row_version", "")
    known = version.isascii() and version.isdecimal() and len(version) < 10
    try:
        items = [_item(line, number) for number, line in enumerate(editor.lines, start=1)]
        with acting() as actor:
            set_guide(
                workshop_id,
                items,
                actor=actor,
                expected_version=int(version) if known else None,
            )
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        editor.refusal = str(error.message)
        return None
    flash(_("The marking guide was saved."), "success")
    return redirect(url_for("workshops.guide", workshop_id=workshop_id))


def _line(criterion: Criterion) -> Line:
    levels = "\n".join(
        f"{plain(Decimal(str(level['from'])))} {level['title']} {level.get('description', '')}".strip()
        for level in criterion.levels
    )
    return Line(
        id=str(criterion.id),
        title=criterion.title,
        kind=criterion.kind,
        weight=plain(criterion.weight),
        maximum=plain(criterion.maximum),
        levels=levels,
    )


def _sent() -> list[Line]:
    """The lines in the order the person gave them; empty ones and those marked for removal are gone."""
    names = ("id", "title", "kind", "weight", "maximum", "levels", "order")
    columns = [request.form.getlist(name) for name in names]
    lines = [Line(*values) for values in list(zip(*columns, strict=False))[:MOST_CRITERIA]]
    removed = set(request.form.getlist("remove"))
    kept = [
        (line, place)
        for place, line in enumerate(lines, start=1)
        if str(place) not in removed and not line.is_empty
    ]
    kept.sort(key=lambda pair: (_number(pair[0].order, Decimal(pair[1])), pair[1]))
    return [line for line, _place in kept]


def _number(text: str, otherwise: Decimal) -> Decimal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return otherwise
    return number if number.is_finite() else otherwise


def _with_spare(editor: Editor) -> Editor:
    spare = min(SPARE, MOST_CRITERIA - len(editor.lines))
    return Editor([*editor.lines, *(Line() for _place in range(spare))], editor.refusal)


def _item(line: Line, number: int) -> GuideItem:
    title = line.title.strip()[:120]
    name = title or _("Line %(number)s", number=number)
    return GuideItem(
        title=title,
        weight=_points(line.weight, _("%(title)s: the weight is no number.", title=name)),
        maximum=_points(line.maximum, _("%(title)s: the most points are no number.", title=name)),
        kind=CriterionKind(line.kind) if line.kind in set(CriterionKind) else None,
        id=int(line.id) if line.id.isascii() and line.id.isdecimal() and len(line.id) < 10 else 0,
        levels=tuple(_level(text, name) for text in line.levels.splitlines() if text.strip()),
    )


def _points(text: str, refusal: str) -> Decimal:
    number = _number(text.strip().removesuffix("%"), Decimal(-1))
    if number < 0 or number != round(number, 2):
        raise InvalidInput(refusal, "not_a_number", "marking_guide")
    return number


def _level(text: str, title: str) -> dict[str, Any]:
    """“85 good: knows the subject”: from how many points, its name, what it means."""
    bound, _blank, rest = text.strip().partition(" ")
    name, _blank, description = rest.strip().partition(" ")
    number = _number(bound, Decimal(-1))
    if number < 0:
        raise InvalidInput(
            _("%(title)s: begin each level with its points, as in “85 Good …”.", title=title),
            "level_points",
            "marking_guide",
        )
    return {"from": plain(number), "title": name[:40], "description": description.strip()[:300]}
