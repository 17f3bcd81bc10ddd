"""Where each role usually goes, with a sentence each; shown below what needs doing."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, url_for
from flask_babel import LazyString, lazy_gettext

from app.domain.accounts.rules import Actor


@dataclass(frozen=True, slots=True)
class Place:
    """A page somebody may want next."""

    endpoint: str
    label: LazyString
    text: LazyString
    icon: str
    permission: str = ""
    roles: tuple[str, ...] = ()

    @property
    def url(self) -> str:
        return url_for(self.endpoint)


_l = lazy_gettext
_OWN = ("teacher", "trainer", "mentor")

PLACES: tuple[Place, ...] = (
    Place(
        "people.me",
        _l("My record"),
        _l("Postings, certificates, trainings: look, correct, add."),
        "id",
        roles=_OWN,
    ),
    Place(
        "workshops.open_to_me",
        _l("Workshops"),
        _l("What is open to you; enrol, follow your applications, see your hours."),
        "school",
        "workshops.enrol",
    ),
    Place(
        "counties.index",
        _l("County ledger"),
        _l("How many there are, where, on any day."),
        "table",
        "ledger.read",
    ),
    Place(
        "people.index",
        _l("People"),
        _l("Find somebody by name, pinyin or number."),
        "users",
        "people.read",
    ),
    Place(
        "workshops.index",
        _l("Workshops"),
        _l("Plan, nominate, approve; rosters, attendance and grades."),
        "school",
        "workshops.nominate",
    ),
    Place(
        "workshops.index",
        _l("Workshops"),
        _l("Rosters, attendance and grades of the workshops you teach in."),
        "school",
        roles=("trainer",),
    ),
    Place(
        "courses.index",
        _l("Online courses"),
        _l("Learn on any device, go on where you stopped; plan, assign, see how it goes."),
        "book",
        "courses.read",
    ),
    Place(
        "certificates.wallet",
        _l("My certificates"),
        _l("What was issued to you, what you brought; download it, show it to others."),
        "certificate",
        "certificates.hold",
    ),
    Place(
        "certificates.index",
        _l("Certificates"),
        _l("Issue, reissue, revoke; verify what people bring."),
        "certificate",
        "certificates.issue",
    ),
    Place(
        "certificates.index",
        _l("Certificates"),
        _l("What was issued to your people, and what they brought."),
        "certificate",
        roles=("school",),
    ),
    Place(
        "placements.index",
        _l("Placements"),
        _l("A semester at a base school, from nomination to lead teacher."),
        "building",
        "placements.see",
    ),
    Place(
        "imports.index",
        _l("Imports"),
        _l("Bring a workbook; see before it lands what it would change."),
        "table-import",
        "imports.use",
    ),
    Place(
        "gaps.index",
        _l("Who lacks what"),
        _l("Schools and people with something missing."),
        "flag",
        "people.read",
    ),
    Place(
        "slips.index",
        _l("Activation slips"),
        _l("Give your people their way in."),
        "qrcode",
        "slips.print",
    ),
    Place(
        "users.index",
        _l("Accounts"),
        _l("Create, grant, hand over, lock."),
        "user-check",
        "accounts.manage",
    ),
    Place(
        "audit.index",
        _l("Audit log"),
        _l("Who did what, when, from where."),
        "shield-check",
        "audit.read",
    ),
    Place(
        "units.index",
        _l("Units"),
        _l("The tree, its names and its history."),
        "sitemap",
        "units.read",
    ),
    Place("inbox.index", _l("Inbox"), _l("What the system has told you."), "inbox", "inbox.read"),
)


def places_for(actor: Actor) -> list[Place]:
    """The places that exist and that this role may open."""
    return [
        place
        for place in PLACES
        if place.endpoint in current_app.view_functions
        and (not place.permission or actor.may(place.permission))
        and (not place.roles or actor.role in place.roles)
    ]
