"""Groups that a course is assigned to: assign, see how they stand, remind, change the day, end."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response as Redirect
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.access.guards import acting, current_actor, requires
from app.blueprints.asking import asked_choice, asked_page, asked_text, asked_unit, refuse_beyond
from app.blueprints.choice_fields import SelectField
from app.blueprints.courses.blueprint import blueprint
from app.blueprints.downloads import workbook
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.people.forms import needed, one_of
from app.blueprints.people.words import AUDIENCES
from app.blueprints.units.acts import find_named_unit
from app.core import clock
from app.core.errors import InvalidInput
from app.core.spreadsheet import Column, write_table
from app.domain.accounts.rules import Actor
from app.domain.courses.models import Requirement
from app.domain.courses.operations import requiring
from app.domain.courses.operations.reminding import nudge
from app.domain.courses.operations.requiring import Due
from app.domain.courses.queries import requirements as queries
from app.domain.courses.queries.requirements import MemberFilter, Standing
from app.domain.courses.queries.visibility import get_course
from app.domain.courses.rules.requirements import DEFAULT_REMINDERS
from app.domain.people.rules import Audience
from app.domain.units.models import Unit

STANDINGS = {
    Standing.FINISHED: _l("Finished"),
    Standing.LEARNING: _l("Under way"),
    Standing.NOT_STARTED: _l("Not begun"),
    Standing.NOT_ENROLLED: _l("Not taken by the course"),
}
STANDING_TONES = {
    Standing.FINISHED: "success",
    Standing.LEARNING: "info",
    Standing.NOT_STARTED: "warning",
    Standing.NOT_ENROLLED: "danger",
}


class _DueForm(FlaskForm):
    due_on = DateField(_l("Due on"), [needed()])
    reminders = StringField(_l("Remind so many days before"), [Optional(), Length(max=60)])
    note = TextAreaField(_l("Note"), [Optional(), Length(max=500)])

    def due(self) -> Due:
        return Due(self.due_on.data, _days(self.reminders.data or ""), self.note.data)


class AssignForm(_DueForm):
    audience = SelectField(
        _l("Group"),
        [needed()],
        choices=[(audience.value, text) for audience, text in AUDIENCES.items()],
        coerce=one_of(Audience),
    )
    unit = StringField(_l("Of the unit"), [needed(), Length(max=160)])


class DueForm(_DueForm):
    row_version = StringField()


class ReasonForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])


def _days(text: str) -> list[int]:
    """Days as they are typed: 14, 3, 0 (with any comma or blank). Raises InvalidInput."""
    parts = text.replace("，", " ").replace("、", " ").replace(",", " ").split()
    if not all(part.isascii() and part.isdecimal() and len(part) < 5 for part in parts):
        raise InvalidInput(
            _("Write days as numbers, for instance 14, 3, 0."), "bad_days", "reminders"
        )
    return [int(part) for part in parts]


def _written(days: Any) -> str:
    return ", ".join(str(day) for day in sorted(days, reverse=True))


@blueprint.get("/<int:course_id>/groups")
@requires("courses.nominate")
def groups(course_id: int) -> str:
    """The groups that a course is assigned to, and how they stand."""
    actor = current_actor()
    course = get_course(course_id, actor=actor)
    return render_template(
        "courses/groups/index.html",
        course=course,
        rows=queries.list_requirements(course, actor=actor),
        audiences=AUDIENCES,
        today=clock.today(),
    )


@blueprint.route("/<int:course_id>/groups/new", methods=["GET", "POST"])
@requires("courses.assign")
def assign(course_id: int) -> Answer:
    """Assign a course to a group; the worker enrols and tells everybody."""
    course = get_course(course_id, actor=current_actor())
    form = AssignForm()
    if request.method == "GET":
        actor = current_actor()
        form.unit.data = f"{actor.unit_code} {actor.unit_name}"
        form.reminders.data = _written(DEFAULT_REMINDERS)
        form.due_on.data = course.closes_on
        form.audience.data = next(iter(course.audiences), None)

    def act(actor: Actor) -> str:
        unit = find_named_unit(form.unit.data, "unit", actor)
        made = requiring.assign_course(course_id, unit, form.audience.data, form.due(), actor=actor)
        return url_for("courses.group", course_id=course_id, requirement_id=made.id)

    return form_page(
        form,
        "courses/groups/new.html",
        act,
        _("Assigned. Everybody of the group is being enrolled and told; this takes moments."),
        lambda: {"course": get_course(course_id, actor=current_actor())},
    )


def _get(course_id: int, requirement_id: int) -> Requirement:
    actor = current_actor()
    made = queries.get_requirement(requirement_id, actor=actor)
    return made if made.course_id == course_id else queries.get_requirement(0, actor=actor)


@blueprint.get("/<int:course_id>/groups/<int:requirement_id>")
@requires("courses.nominate")
def group(course_id: int, requirement_id: int) -> str:
    """How a group stands: part by part, and person by person."""
    made = _get(course_id, requirement_id)
    wanted, unit = _filter()
    page = queries.list_members(made.id, wanted, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "courses/groups/show.html",
        course=made.course,
        made=made,
        tally=queries.tally_of(made.id),
        parts=queries.tally_by_part(made),
        page=page,
        today=clock.today(),
        audiences=AUDIENCES,
        standings=STANDINGS,
        tones=STANDING_TONES,
        chips=_chips(wanted, unit),
        changes=current_actor().may("courses.assign") and made.ended_at is None,
    )


def _filter() -> tuple[MemberFilter, Unit | None]:
    unit = asked_unit(current_actor())
    wanted = MemberFilter(
        asked_text(), asked_choice("standing", Standing), unit.path if unit else ""
    )
    return wanted, unit


def _chips(wanted: MemberFilter, unit: Unit | None) -> list[tuple[str, str, str]]:
    chips = []
    if wanted.q:
        chips.append(("q", _("Search"), wanted.q))
    if unit is not None:
        chips.append(("unit", _("Unit"), unit.name))
    if wanted.standing is not None:
        chips.append(("standing", _("Progress"), str(STANDINGS[wanted.standing])))
    return chips


@blueprint.get("/<int:course_id>/groups/<int:requirement_id>/export")
@requires("courses.nominate")
def export_group(course_id: int, requirement_id: int) -> Response:
    """The people of a group and how far each is, as a workbook."""
    made = _get(course_id, requirement_id)
    wanted, _unit = _filter()
    columns = [
        Column(_("No."), 6),
        Column(_("Full name"), 14),
        Column(_("Unit"), 30),
        Column(_("Progress"), 12),
        Column(_("Lessons done"), 12),
        Column(_("Required lessons"), 12),
        Column(_("Last active"), 18),
        Column(_("Finished on"), 12, "yyyy-mm-dd"),
    ]
    rows = (
        (
            number,
            row.name,
            row.unit_name,
            str(STANDINGS[Standing(row.standing)]),
            row.done,
            row.required,
            clock.local(row.last_active_at).strftime("%Y-%m-%d %H:%M")
            if row.last_active_at
            else None,
            row.completed_on,
        )
        for number, row in enumerate(queries.iterate_members(made.id, wanted), 1)
    )
    title = _(
        "%(title)s: %(group)s of %(unit)s",
        title=made.course.title,
        group=AUDIENCES[made.audience],
        unit=made.unit.name,
    )
    data = write_table(title, columns, rows, sheet_name=_("Progress"))
    return workbook(data, f"{made.course.title} {clock.today().isoformat()}.xlsx")


@blueprint.route("/<int:course_id>/groups/<int:requirement_id>/edit", methods=["GET", "POST"])
@requires("courses.assign")
def edit_group(course_id: int, requirement_id: int) -> Answer:
    """Another day or other reminders."""
    made = _get(course_id, requirement_id)
    form = DueForm(obj=made)
    if request.method == "GET":
        form.reminders.data = _written(made.reminders)

    def act(actor: Actor) -> str:
        requiring.change_due(
            requirement_id, form.due(), actor=actor, expected_version=seen_version(form)
        )
        return url_for("courses.group", course_id=course_id, requirement_id=requirement_id)

    return form_page(
        form,
        "courses/groups/edit.html",
        act,
        _("Saved."),
        lambda: {"made": _get(course_id, requirement_id), "audiences": AUDIENCES},
    )


@blueprint.route("/<int:course_id>/groups/<int:requirement_id>/end", methods=["GET", "POST"])
@requires("courses.assign")
def end_group(course_id: int, requirement_id: int) -> Answer:
    """It is assigned no more."""
    _get(course_id, requirement_id)
    form = ReasonForm()

    def act(actor: Actor) -> str:
        requiring.end_requirement(requirement_id, reason=form.reason.data, actor=actor)
        return url_for("courses.groups", course_id=course_id)

    return form_page(
        form,
        "courses/groups/end.html",
        act,
        _("It is assigned no more."),
        lambda: {"made": _get(course_id, requirement_id), "audiences": AUDIENCES},
    )


@blueprint.post("/<int:course_id>/groups/<int:requirement_id>/remind")
@requires("courses.assign")
def remind_group(course_id: int, requirement_id: int) -> Redirect:
    """Remind everybody who has not finished, at most once a day."""
    _get(course_id, requirement_id)
    with acting() as actor:
        told = nudge(requirement_id, actor=actor)
    if told:
        flash(
            ngettext("%(num)s person was reminded.", "%(num)s people were reminded.", told),
            "success",
        )
    else:
        flash(_("Everybody has finished, or was reminded today already."), "info")
    return redirect(url_for("courses.group", course_id=course_id, requirement_id=requirement_id))
