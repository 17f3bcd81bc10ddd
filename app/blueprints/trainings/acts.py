"""Record trainings of people, correct one record or a whole training, withdraw and restore."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.guards import current_actor, requires
from app.blueprints.choosing import chooser_page, chosen_people, is_choosing
from app.blueprints.people.acts import Answer, form_page
from app.blueprints.trainings import forms
from app.blueprints.trainings.routes import blueprint
from app.blueprints.units.acts import find_named_unit
from app.domain.accounts.rules import Actor
from app.domain.courses.queries.completions import find_course_of_record
from app.domain.people.models import TrainingRecord
from app.domain.people.operations import trainings as operations
from app.domain.people.queries.trainings import get_event, get_training_record
from app.domain.people.rules import TrainingKind

SHARED = ("title", "kind", "level", "organiser", "place", "started_on", "ended_on", "hours")


def _event_address(key: str) -> str:
    return url_for("trainings.show", key=key)


@blueprint.route("/new", methods=["GET", "POST"])
@requires("trainings.edit")
def add() -> Answer:
    """Record a training of one person or several; ``key`` in the address adds them to a known one."""
    actor = current_actor()
    chosen = chosen_people(actor)
    if is_choosing(chosen):
        back = (_("Trainings"), url_for("trainings.index"))
        return chooser_page(actor, _("Record a training"), back, chosen=chosen, several=True)
    form = forms.RecordForm(data=_known_event(actor))

    def act(actor: Actor) -> str:
        text = (form.unit.data or "").strip()
        unit = find_named_unit(text, "unit", actor) if text else None
        ids = [person.id for person in chosen]
        records = operations.add_trainings(
            ids, form.facts(), form.outcome(), unit=unit, actor=actor
        )
        return _event_address(records[0].event_key)

    done = ngettext("%(num)s record added.", "%(num)s records added.", len(chosen))
    return form_page(form, "trainings/add.html", act, done, lambda: {"people": chosen})


def _known_event(actor: Actor) -> dict[str, Any]:
    key = request.args.get("key")
    if not key:
        return {"passed": True}
    event = get_event(key, scope=actor.unit_path)
    return {"passed": True, **{name: getattr(event, name) for name in SHARED}}


def _completion_page(record_id: int) -> Answer | None:
    """Where a record is corrected that a completed course made, so that both say the same; None of any other."""
    found = find_course_of_record(record_id)
    if found is None:
        return None
    flash(
        _("This record was made by an online course: change the completion, and it follows."),
        "info",
    )
    return redirect(url_for("courses.completion", course_id=found[0], learner_id=found[1]))


def _read(record_id: int) -> TrainingRecord:
    return get_training_record(record_id, scope=current_actor().unit_path)


@blueprint.route("/records/<int:record_id>/correct", methods=["GET", "POST"])
@requires("trainings.edit")
def correct(record_id: int) -> Answer:
    """Mend one person's record."""
    known = _read(record_id)
    if (elsewhere := _completion_page(record_id)) is not None:
        return elsewhere
    shared = {name: getattr(known, name) for name in SHARED}
    own = {"passed": known.passed, "result": known.result, "note": known.note}
    form = forms.CorrectRecordForm(
        data={**shared, **own, "unit": f"{known.unit.code} {known.unit.name}"}
    )
    _without_kind_of_placement(form, known.kind)

    def act(actor: Actor) -> str:
        unit = find_named_unit(form.unit.data or "", "unit", actor)
        made = operations.correct_training(
            record_id,
            form.facts(),
            form.outcome(),
            unit=unit,
            reason=form.reason.data,
            actor=actor,
        )
        return _event_address(made.event_key)

    return form_page(
        form,
        "trainings/correct.html",
        act,
        _("Corrected."),
        lambda: {"record": _read(record_id)},
    )


def _without_kind_of_placement(form: forms.EventForm, kind: TrainingKind) -> None:
    """A placement stays one: its kind is not to be chosen."""
    if kind is TrainingKind.PLACEMENT:
        del form.kind


@blueprint.route("/event/correct", methods=["GET", "POST"])
@requires("trainings.edit")
def correct_event() -> Answer:
    """Mend what all records of a training share."""
    key = request.args.get("key", "")
    event = get_event(key, scope=current_actor().unit_path)
    form = forms.CorrectEventForm(data={name: getattr(event, name) for name in SHARED})
    _without_kind_of_placement(form, event.kind)

    def act(actor: Actor) -> str:
        now = form.facts()
        changes = {
            name: getattr(now, name)
            for name in SHARED
            if name in form and (getattr(now, name) or None) != getattr(event, name)
        }
        return _event_address(
            operations.correct_event(key, changes, reason=form.reason.data, actor=actor)
        )

    return form_page(
        form, "trainings/correct_event.html", act, _("Corrected."), lambda: {"event": event}
    )


@blueprint.route("/records/<int:record_id>/withdraw", methods=["GET", "POST"])
@requires("trainings.edit")
def withdraw(record_id: int) -> Answer:
    """Take a wrong record out of every figure."""
    known = _read(record_id)
    if (elsewhere := _completion_page(record_id)) is not None:
        return elsewhere
    form, target = forms.ReasonForm(), _event_address(known.event_key)

    def act(actor: Actor) -> str:
        operations.withdraw_training(record_id, reason=form.reason.data, actor=actor)
        return url_for("trainings.index")

    return form_page(
        form,
        "trainings/withdraw.html",
        act,
        _("Withdrawn; it no longer counts."),
        lambda: {"record": _read(record_id), "back": target},
    )


@blueprint.route("/records/<int:record_id>/restore", methods=["GET", "POST"])
@requires("trainings.edit")
def restore(record_id: int) -> Answer:
    """Let a withdrawn record count again."""
    known = _read(record_id)
    if (elsewhere := _completion_page(record_id)) is not None:
        return elsewhere
    form, target = forms.ReasonForm(), _event_address(known.event_key)

    def act(actor: Actor) -> str:
        operations.restore_training(record_id, reason=form.reason.data, actor=actor)
        return target

    return form_page(
        form,
        "trainings/restore.html",
        act,
        _("It counts again."),
        lambda: {"record": _read(record_id), "back": target},
    )
