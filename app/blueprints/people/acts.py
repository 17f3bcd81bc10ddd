"""What every form of the registry does: ask for the act, show a refusal beside its field, say how it went."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import flash, redirect, render_template
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response

from app.access.guards import acting
from app.blueprints.units.acts import show_refusal
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor

Act = Callable[[Actor], str]
Answer = Response | str | tuple[str, int]
Done = TypeVar("Done")


def attempt(act: Callable[[Actor], Done]) -> Done | None:
    """Do an act that has no form, and what it answers; a refusal is said on the page that comes next, and None."""
    try:
        with acting() as actor:
            return act(actor)
    except (Forbidden, NotFound):
        raise
    except DomainError as error:
        flash(str(error.message), "danger")
        return None


def form_page(
    form: FlaskForm,
    template: str,
    act: Act,
    done: str | Callable[[], str],
    context: Callable[[], dict[str, Any]] = dict,
    on_refusal: Callable[[DomainError], None] | None = None,
) -> Answer:
    """Show a form, and on a valid POST do the act, which answers with the address to go to.

    ``context`` is read anew after a refusal, because the transaction of the act has ended the old reads.
    """
    refused = False
    if form.validate_on_submit():
        try:
            with acting() as actor:
                target = act(actor)
        except (Forbidden, NotFound):
            raise
        except DomainError as error:
            show_refusal(form, error)
            if on_refusal is not None:
                on_refusal(error)
            refused = True
        else:
            flash(done if isinstance(done, str) else done(), "success")
            return redirect(target)
    page = render_template(template, form=form, **context())
    return (page, 422) if refused or form.errors else page


def seen_version(form: FlaskForm) -> int | None:
    """The version of the row that the officer saw when the form was opened."""
    text = str(form["row_version"].data or "")
    return int(text) if text.isdecimal() and len(text) < 10 else None
