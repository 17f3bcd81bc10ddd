"""Create an account with its first role; grant, end and hand over roles."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.access.guards import acting, current_actor, requires
from app.blueprints.accounts.forms import show_refusal
from app.blueprints.users.forms import EndGrantForm, GrantForm, NewAccountForm
from app.blueprints.users.lists import account_in_scope, blueprint
from app.blueprints.users.slips import one_slip
from app.core import clock
from app.core.errors import DomainError, InvalidInput, NotFound
from app.domain.accounts import passwords
from app.domain.accounts.models import Account
from app.domain.accounts.operations.accounts import create_account
from app.domain.accounts.operations.grants import (
    end_grant,
    get_grant_in_scope,
    grant_role,
    hand_over,
)
from app.domain.accounts.queries.accounts import find_account_by_username
from app.domain.accounts.rules import Actor
from app.domain.units.models import Unit
from app.domain.units.queries import find_unit_by_text, get_unit


@blueprint.route("/new", methods=["GET", "POST"])
@requires("accounts.manage")
def create() -> ResponseReturnValue:
    """A new account with its first role; then its slip, or back to its record."""
    form = NewAccountForm()
    if request.method == "GET":
        form.valid_from.data = clock.today()
    if form.validate_on_submit():
        try:
            account_id = _create(form)
        except DomainError as error:
            show_refusal(form, error)
        else:
            flash(_("The account is created."), "success")
            if form.way_in.data == "slip":
                return one_slip(account_id)
            return redirect(url_for("users.show", account_id=account_id))
    code = 422 if request.method == "POST" else 200
    return render_template("users/new.html", form=form), code


def _create(form: NewAccountForm) -> int:
    password_hash = None
    if form.way_in.data == "password":
        password = form.password.data or ""
        passwords.check_password(
            password, username=form.username.data, phone=form.phone.data or None
        )
        password_hash = passwords.hash_password(password)
    with acting() as actor:
        account = create_account(
            form.username.data,
            password_hash=password_hash,
            display_name=form.display_name.data,
            email=form.email.data,
            phone=form.phone.data,
            actor=actor,
            now=clock.now(),
            must_change_password=password_hash is not None,
        )
        _grant(account, form, actor)
        return account.id


def _grant(account: Account, form: GrantForm, actor: Actor) -> None:
    grant_role(
        account,
        form.role.data,
        _unit(form.unit.data, actor),
        actor=actor,
        valid_from=form.valid_from.data,
        valid_until=form.valid_until.data,
        reason=form.reason.data,
    )


def _unit(text: str, actor: Actor) -> Unit:
    """The unit typed into the field; a code outside the actor's unit is Forbidden, known or not."""
    head = text.split(maxsplit=1)[0] if text.strip() else ""
    if head.isascii() and head.isalnum():
        return get_unit(head, scope=actor.unit_path)
    unit = find_unit_by_text(text, scope=actor.unit_path)
    if unit is None:
        raise InvalidInput(
            _(
                "No single unit of yours is called “%(text)s”. Choose one of the suggestions.",
                text=text,
            ),
            "unit_unknown",
            "unit",
        )
    return unit


@blueprint.route("/<int:account_id>/grants/new", methods=["GET", "POST"])
@requires("accounts.manage")
def grant(account_id: int) -> ResponseReturnValue:
    """Give the account a further role."""
    account = account_in_scope(account_id)
    form = GrantForm()
    if request.method == "GET":
        form.valid_from.data = clock.today()
    if form.validate_on_submit():
        try:
            with acting() as actor:
                _grant(account_in_scope(account_id), form, actor)
        except DomainError as error:
            show_refusal(form, error)
            account = account_in_scope(account_id)
        else:
            flash(_("The role is granted and the account told."), "success")
            return redirect(url_for("users.show", account_id=account_id))
    code = 422 if request.method == "POST" else 200
    return render_template("users/grant.html", form=form, account=account), code


@blueprint.route("/<int:account_id>/grants/<int:grant_id>/end", methods=["GET", "POST"])
@requires("accounts.manage")
def end(account_id: int, grant_id: int) -> ResponseReturnValue:
    """Let a role end on a day, and hand it to a successor from the next day."""
    account_in_scope(account_id)
    if get_grant_in_scope(grant_id, current_actor()).account_id != account_id:
        raise NotFound(_("There is no such grant."))
    form = EndGrantForm()
    if request.method == "GET":
        form.last_day.data = clock.today()
    if form.validate_on_submit():
        try:
            _end(grant_id, form)
        except DomainError as error:
            show_refusal(form, error)
        else:
            flash(_("Saved; whom it concerns is told."), "success")
            return redirect(url_for("users.show", account_id=account_id))
    held = get_grant_in_scope(grant_id, current_actor())
    code = 422 if request.method == "POST" else 200
    return render_template("users/end_grant.html", form=form, grant=held), code


def _end(grant_id: int, form: EndGrantForm) -> None:
    name = (form.successor.data or "").strip()
    with acting() as actor:
        if not name:
            end_grant(grant_id, actor=actor, last_day=form.last_day.data, reason=form.reason.data)
            return
        successor = find_account_by_username(name)
        if successor is None:
            raise InvalidInput(
                _("There is no account named “%(name)s”. Create it first.", name=name),
                "account_unknown",
                "successor",
            )
        hand_over(
            grant_id,
            successor,
            actor=actor,
            last_day=form.last_day.data,
            reason=form.reason.data,
        )
