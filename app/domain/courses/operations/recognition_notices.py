"""Who is told what of a request for hours, and how it is kept in the audit record."""

from __future__ import annotations

from typing import Any

from app.core.i18n import lazy_gettext as _l
from app.core.text import plain_number
from app.domain.accounts.rules import Actor
from app.domain.audit.operations import record
from app.domain.courses.models import Recognition
from app.domain.outbox.wording import register_notice
from app.domain.people.operations.telling import tell_people, tell_unit
from app.domain.units.models import UnitKind

register_notice(
    "recognitions.submitted",
    _l("Hours to check: %(name)s, %(title)s"),
    _l(
        "%(hours)s hours are asked for. Look at the evidence, then check the request or send it back."
    ),
)
register_notice(
    "recognitions.checked",
    _l("Hours to recognise: %(name)s, %(title)s"),
    _l(
        "The school has checked the evidence of %(hours)s hours. Recognise them or send the request back."
    ),
)
register_notice(
    "recognitions.recognised",
    _l("Hours recognised: %(title)s"),
    _l("%(granted)s hours are in your record. %(reason)s"),
)
register_notice(
    "recognitions.sent_back",
    _l("Request for hours sent back: %(title)s"),
    _l("Correct it and send it again. Reason: %(reason)s"),
)
register_notice(
    "recognitions.taken_back",
    _l("Recognised hours taken back: %(title)s"),
    _l("The hours no longer count. Reason: %(reason)s"),
)


def recognition_page(recognition_id: int) -> str:
    """The address of a request, for the link of a notice."""
    return f"/courses/recognitions/{recognition_id}"


def tell_act(made: Recognition, what: str) -> None:
    """Tell who has to act next, or the person how it went. What came by an import is announced by the import."""
    parameters = {
        "name": made.person.name,
        "title": made.title,
        "hours": plain_number(made.hours_claimed),
        "granted": plain_number(made.hours_recognised),
        "reason": made.reason or "",
    }
    kind, link = f"recognitions.{what}", recognition_page(made.id)
    if what == "submitted":
        tell_unit(made.unit, kind, parameters, link=link)
    elif what == "checked":
        above = made.unit.parent if made.unit.kind is UnitKind.SCHOOL else made.unit
        tell_unit(above or made.unit, kind, parameters, link=link)
    else:
        tell_people([made.person_id], kind, parameters, link=link)


def audit_act(made: Recognition, act: str, *, actor: Actor, reason: str | None = None) -> None:
    """One entry about a request, in the scope of its person's unit."""
    details: dict[str, Any] = {
        "title": made.title,
        "platform": made.platform,
        "finished_on": made.finished_on.isoformat(),
        "claimed": plain_number(made.hours_claimed),
    }
    if made.hours_recognised is not None:
        details["recognised"] = plain_number(made.hours_recognised)
    record(
        actor,
        f"recognitions.{act}",
        object_type="recognition",
        object_id=made.id,
        subject_id=made.person_id,
        details=details,
        reason=reason,
        unit_path=made.unit_path,
    )
