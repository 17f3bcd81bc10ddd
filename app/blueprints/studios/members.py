"""People of a studio: join, leave, another host, correct, strike out."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext

from app.access.guards import current_actor, requires
from app.blueprints.choosing import chooser_page, chosen_people, is_choosing
from app.blueprints.people.acts import Answer, form_page
from app.blueprints.studios import forms
from app.blueprints.studios.acts import read_studio, studio_address
from app.blueprints.studios.routes import blueprint
from app.core import clock
from app.core.errors import DomainError
from app.domain.accounts.rules import Actor
from app.domain.people.operations import memberships as operations
from app.domain.people.queries.studios import get_membership, list_hosts


@blueprint.route("/<int:studio_id>/members/new", methods=["GET", "POST"])
@requires("studios.edit")
def add_members(studio_id: int) -> Answer:
    """Let people join: search, tick, say as what and from when."""
    actor = current_actor()
    studio = read_studio(studio_id)
    back = (studio.name, studio_address(studio_id))
    chosen = chosen_people(actor)
    if is_choosing(chosen):
        return chooser_page(actor, _("Add people"), back, chosen=chosen, several=True)
    form = forms.JoinForm(data={"valid_from": max(clock.today(), studio.valid_from)})
    shown: dict[str, Any] = {"people": chosen, "ask_several": bool(form.several_hosts.data)}

    def act(actor: Actor) -> str:
        operations.add_memberships(
            studio_id,
            [person.id for person in chosen],
            form.facts(),
            actor=actor,
            several_hosts=form.several_hosts.data,
        )
        return studio_address(studio_id)

    def refused(error: DomainError) -> None:
        shown["ask_several"] = error.code == "second_host"

    done = ngettext("%(num)s person added.", "%(num)s people added.", len(chosen))
    return form_page(
        form,
        "studios/join.html",
        act,
        done,
        lambda: shown | {"studio": read_studio(studio_id)},
        refused,
    )


@blueprint.route("/<int:studio_id>/host", methods=["GET", "POST"])
@requires("studios.edit")
def change_host(studio_id: int) -> Answer:
    """From a day somebody else hosts it."""
    actor = current_actor()
    studio = read_studio(studio_id)
    back = (studio.name, studio_address(studio_id))
    chosen = chosen_people(actor)
    if len(chosen) != 1:
        return chooser_page(actor, _("Choose the new host"), back)
    form = forms.ChangeHostForm(data={"on": clock.today(), "stays_member": True})

    def act(actor: Actor) -> str:
        operations.change_host(
            studio_id,
            chosen[0].id,
            on=form.on.data,
            stays_member=form.stays_member.data,
            reason=form.reason.data,
            actor=actor,
        )
        return studio_address(studio_id)

    return form_page(
        form,
        "studios/host.html",
        act,
        _("%(name)s hosts it from that day.", name=chosen[0].name),
        lambda: {
            "studio": read_studio(studio_id),
            "person": chosen[0],
            "hosts": list_hosts(studio_id, clock.today()),
        },
    )


@blueprint.route("/<int:studio_id>/members/end", methods=["GET", "POST"])
@requires("studios.edit")
def end_members(studio_id: int) -> Answer:
    """End the memberships that were ticked; the address names them."""
    read_studio(studio_id)
    ids = request.args.getlist("id", type=int)[:200]
    form = forms.EndForm(data={"on": clock.today()})

    def act(actor: Actor) -> str:
        operations.end_memberships(
            studio_id, ids, on=form.on.data, reason=form.reason.data, actor=actor
        )
        return studio_address(studio_id)

    return form_page(
        form,
        "studios/end_members.html",
        act,
        ngettext("%(num)s membership ended.", "%(num)s memberships ended.", len(ids)),
        lambda: {
            "studio": read_studio(studio_id),
            "members": [get_membership(studio_id, membership_id) for membership_id in ids],
        },
    )


@blueprint.route("/<int:studio_id>/members/<int:membership_id>/correct", methods=["GET", "POST"])
@requires("studios.edit")
def correct_member(studio_id: int, membership_id: int) -> Answer:
    """Mend a membership that was entered wrongly."""
    read_studio(studio_id)
    form = forms.CorrectMemberForm(obj=get_membership(studio_id, membership_id))

    def act(actor: Actor) -> str:
        operations.correct_membership(
            studio_id, membership_id, form.facts(), reason=form.reason.data, actor=actor
        )
        return studio_address(studio_id)

    return form_page(
        form,
        "studios/correct_member.html",
        act,
        _("Corrected."),
        lambda: _member_context(studio_id, membership_id),
    )


@blueprint.route("/<int:studio_id>/members/<int:membership_id>/strike", methods=["GET", "POST"])
@requires("studios.edit")
def strike_member(studio_id: int, membership_id: int) -> Answer:
    """Take out a membership that never was."""
    read_studio(studio_id)
    get_membership(studio_id, membership_id)
    form = forms.ReasonForm()

    def act(actor: Actor) -> str:
        operations.strike_membership(studio_id, membership_id, reason=form.reason.data, actor=actor)
        return studio_address(studio_id)

    return form_page(
        form,
        "studios/strike_member.html",
        act,
        _("Struck out; the audit log keeps what it said."),
        lambda: _member_context(studio_id, membership_id),
    )


def _member_context(studio_id: int, membership_id: int) -> dict[str, Any]:
    return {
        "studio": read_studio(studio_id),
        "membership": get_membership(studio_id, membership_id),
    }
