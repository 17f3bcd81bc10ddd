"""Forms of credentials that bring pictures along."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from app.access.guards import acting
from app.blueprints.credentials.forms import CredentialForm
from app.blueprints.credentials.pictures import with_stored_pictures
from app.blueprints.units.acts import show_refusal
from app.core.errors import DomainError, Forbidden, NotFound
from app.domain.accounts.rules import Actor
from app.domain.certificates.operations.pictures import StoredPicture


def picture_form_page(
    form: CredentialForm,
    template: str,
    act: Callable[[list[StoredPicture], Actor], str],
    done: str,
    context: Callable[[], dict[str, Any]],
) -> ResponseReturnValue:
    """As ``form_page``, with the pictures stored before the transaction and kept only when it lands."""
    if form.validate_on_submit():

        def keep(pictures: list[StoredPicture]) -> str:
            with acting() as actor:
                return act(pictures, actor)

        try:
            target = with_stored_pictures(form.uploads(), keep)
        except (Forbidden, NotFound):
            raise
        except DomainError as refusal:
            show_refusal(form, refusal)
        else:
            flash(done, "success")
            return redirect(target)
    page = render_template(template, form=form, **context())
    return page, 422 if form.errors else 200
