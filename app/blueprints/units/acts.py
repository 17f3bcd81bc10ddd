"""What every form about a unit does: load it, ask for the act, say how it went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.access.guards import acting, current_actor
from app.core.errors import DomainError, Forbidden
from app.core.i18n import gettext as _
from app.domain.accounts.rules import Actor
from app.domain.units import queries
from app.domain.units.models import Unit
from app.domain.units.operations import lock_unit

Act = Callable[[Unit, Actor], None]


def unit_form(
    code: str, form: FlaskForm, template: str, act: Act, done: str, **context: Any
) -> Response | str | tuple[str, int]:
    """Show a form about a unit, and on a valid POST do the act; a refusal is shown beside its field."""
    actor = current_actor()
    unit = queries.get_unit(code, scope=actor.unit_path)
    refused = False
    if form.validate_on_submit():
        try:
            code = _do(unit.id, form, act)
        except Forbidden:
            raise
        except DomainError as error:
            show_refusal(form, error)
            refused = True
            unit = queries.get_unit(code, scope=actor.unit_path)
        else:
            flash(done, "success")
            return redirect(url_for("units.show", code=code))
    page = render_template(f"units/{template}.html", form=form, unit=unit, **context)
    return (page, 422) if refused or form.errors else page


def _do(unit_id: int, form: FlaskForm, act: Act) -> str:
    with acting() as actor:
        version = getattr(form, "row_version", None)
        expected = (
            int(version.data) if version is not None and str(version.data).isdigit() else None
        )
        unit = lock_unit(unit_id, expected_version=expected)
        act(unit, actor)
        return unit.code


def show_refusal(form: FlaskForm, error: DomainError) -> None:
    """Put a refusal beside the field it speaks of, or above the form."""
    message = str(error.message)
    if error.field and error.field in form:
        form[error.field].errors = [*form[error.field].errors, message]
    else:
        form.form_errors.append(message)


def find_named_unit(text: str, field: str, actor: Actor) -> Unit:
    """The unit a person typed into a field of the form."""
    unit = queries.find_unit_by_text(text, scope=actor.unit_path)
    if unit is None:
        raise DomainError(
            _(
                "No single unit of yours is called “%(text)s”. Choose one of the suggestions.",
                text=text,
            ),
            "unknown_unit",
            field,
        )
    return unit
