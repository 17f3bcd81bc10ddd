"""The activation slip of one account, for accounts of offices as well."""

from __future__ import annotations

from flask import current_app, render_template, url_for

from app.access.guards import acting
from app.blueprints.slips.qr import qr_code
from app.core import clock
from app.domain.accounts.operations.codes import grouped_code
from app.domain.accounts.operations.standing import renew_slip


def one_slip(account_id: int) -> str:
    """Make a new code and show it: this answer is the only place it appears."""
    now = clock.now()
    with acting() as actor:
        renewed = renew_slip(account_id, actor=actor, now=now)
    base = current_app.extensions["settings"].base_url
    return render_template(
        "users/slip.html",
        slip=renewed,
        code=grouped_code(renewed.code),
        qr=qr_code(base + url_for("accounts.activate", code=renewed.code)),
        address=base + url_for("accounts.activation"),
    )
