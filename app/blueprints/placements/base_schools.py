"""Base schools: what they can take and who guides there; how full they are, and who was there."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional

from app.access.guards import current_actor, requires
from app.blueprints.asking import asked_page, refuse_beyond
from app.blueprints.choice_fields import SelectField
from app.blueprints.choosing import chooser_page, chosen_people, is_choosing
from app.blueprints.people.acts import Answer, form_page, seen_version
from app.blueprints.people.forms import needed, one_of
from app.blueprints.placements import words
from app.blueprints.placements.blueprint import blueprint
from app.blueprints.units.forms import stage_choices
from app.blueprints.units.words import STAGE_NAMES
from app.core import clock
from app.core.errors import NotFound
from app.domain.accounts.rules import Actor
from app.domain.placements.models import Mentor
from app.domain.placements.operations import capacities, mentors
from app.domain.placements.queries import base_schools as queries
from app.domain.placements.queries.cohort_placements import list_stays_at
from app.domain.placements.rules.base_schools import MOST_SEATS, MOST_TRAINEES
from app.domain.units.models import SchoolStage, Unit
from app.domain.units.queries import get_unit, list_base_school_periods

ANYBODY = ("", _l("any"))


class CapacityForm(FlaskForm):
    valid_from = DateField(_l("From"), [needed()])
    seats = IntegerField(_l("Trainees at once"), [needed(), NumberRange(0, MOST_SEATS)])
    stage = SelectField(_l("School stage"), coerce=one_of(SchoolStage))
    subject = StringField(_l("Subject"), [Length(max=40)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage.choices = [ANYBODY, *stage_choices()]


class MentorForm(FlaskForm):
    valid_from = DateField(_l("From"), [needed()])
    limit = IntegerField(
        _l("Trainees at once"), [needed(), NumberRange(1, MOST_TRAINEES)], default=2
    )
    stage = SelectField(_l("School stage"), coerce=one_of(SchoolStage))
    subject = StringField(_l("Subject"), [Length(max=40)])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stage.choices = [ANYBODY, *stage_choices()]


class LimitForm(FlaskForm):
    limit = IntegerField(_l("Trainees at once"), [needed(), NumberRange(1, MOST_TRAINEES)])
    row_version = HiddenField()


class EndForm(FlaskForm):
    on = DateField(_l("Last day"), [Optional()])
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])
    row_version = HiddenField()


def _address(code: str) -> str:
    return url_for("placements.base_school", code=code)


@blueprint.get("/base-schools/")
@requires("placements.host")
def base_schools() -> str:
    """The base schools of the unit."""
    page = queries.list_base_schools(current_actor(), on=clock.today(), page=asked_page())
    refuse_beyond(page)
    return render_template(
        "placements/base_schools.html", page=page, stages=STAGE_NAMES, today=clock.today()
    )


@blueprint.get("/base-schools/<string:code>")
@requires("placements.host")
def base_school(code: str) -> str:
    """One base school: capacities, mentors, how full it is in each cohort, who was there."""
    actor = current_actor()
    unit = get_unit(code, scope=actor.unit_path)
    periods = list_base_school_periods(unit.id)
    if not periods:
        raise NotFound(_("This school is no base school."))
    page = list_stays_at(unit.id, actor, page=asked_page())
    refuse_beyond(page)
    return render_template(
        "placements/base_school.html",
        unit=unit,
        periods=periods,
        capacities=queries.list_capacities(unit.id),
        mentors=queries.list_mentors(unit.id, on=clock.today()),
        loads=queries.list_loads(unit.id),
        page=page,
        stages=STAGE_NAMES,
        words=words,
        today=clock.today(),
        keeps=mentors.may_keep(unit, actor),
    )


@blueprint.route("/base-schools/<string:code>/capacity", methods=["GET", "POST"])
@requires("base_schools.edit")
def base_school_capacity(code: str) -> Answer:
    """State from a day on how many trainees the school takes at once."""
    unit_id = get_unit(code, scope=current_actor().unit_path).id
    form = CapacityForm(data={"valid_from": clock.today()})

    def act(actor: Actor) -> str:
        capacities.set_capacity(
            unit_id,
            seats=form.seats.data,
            stage=form.stage.data,
            subject=form.subject.data,
            valid_from=form.valid_from.data,
            actor=actor,
        )
        return _address(code)

    return form_page(
        form,
        "placements/base_school_capacity.html",
        act,
        _("Saved."),
        lambda: {
            "unit": _unit(code),
            "capacities": queries.list_capacities(unit_id),
            "stages": STAGE_NAMES,
        },
    )


def _unit(code: str) -> Unit:
    return get_unit(code, scope=current_actor().unit_path)


@blueprint.route("/base-schools/<string:code>/mentors/new", methods=["GET", "POST"])
@requires("placements.host")
def new_mentor(code: str) -> Answer:
    """Choose somebody of the base school, then say how many they guide."""
    actor = current_actor()
    unit = get_unit(code, scope=actor.unit_path)
    unit_id, chosen = unit.id, chosen_people(actor)
    if request.method == "GET" and is_choosing(chosen):
        return chooser_page(
            actor, _("Who becomes a mentor?"), (unit.name, _address(code)), chosen=chosen
        )
    form = MentorForm(data={"valid_from": clock.today()})

    def act(actor: Actor) -> str:
        people = chosen_people(actor)
        if not people:
            raise NotFound(_("There is no such person within your unit."))
        mentors.add_mentor(
            unit_id,
            people[0].id,
            limit=form.limit.data,
            stage=form.stage.data,
            subject=form.subject.data,
            valid_from=form.valid_from.data,
            actor=actor,
        )
        return _address(code)

    return form_page(
        form,
        "placements/mentor_new.html",
        act,
        _("Saved. Look at the list whether the mentor can sign in already."),
        lambda: {"unit": _unit(code), "chosen": chosen_people(current_actor())},
    )


def _mentor(mentor_id: int) -> Mentor:
    return queries.get_mentor(mentor_id, actor=current_actor())


@blueprint.route("/mentors/<int:mentor_id>/limit", methods=["GET", "POST"])
@requires("placements.host")
def mentor_limit(mentor_id: int) -> Answer:
    """Let a mentor guide more or fewer at once."""
    mentor = _mentor(mentor_id)
    form = LimitForm(data={"limit": mentor.trainee_limit, "row_version": mentor.row_version})
    code = mentor.unit.code

    def act(actor: Actor) -> str:
        mentors.change_limit(
            mentor_id, form.limit.data, expected_version=seen_version(form), actor=actor
        )
        return _address(code)

    return form_page(
        form,
        "placements/mentor_limit.html",
        act,
        _("Saved."),
        lambda: {"mentor": _mentor(mentor_id)},
    )


@blueprint.route("/mentors/<int:mentor_id>/end", methods=["GET", "POST"])
@requires("placements.host")
def mentor_end(mentor_id: int) -> Answer:
    """End a mentor on a day, with a reason."""
    mentor = _mentor(mentor_id)
    form = EndForm(data={"on": clock.today(), "row_version": mentor.row_version})
    code = mentor.unit.code

    def act(actor: Actor) -> str:
        mentors.end_mentor(
            mentor_id,
            on=form.on.data or clock.today(),
            reason=form.reason.data or "",
            expected_version=seen_version(form),
            actor=actor,
        )
        return _address(code)

    return form_page(
        form,
        "placements/mentor_end.html",
        act,
        _("Ended."),
        lambda: {"mentor": _mentor(mentor_id)},
    )
