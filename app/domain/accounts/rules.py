"""Who may do what: roles, their permissions, and the actor of an act. Source: CONTRACT.md, Roles."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime


class Role(enum.StrEnum):
    TEACHER = "teacher"
    TRAINER = "trainer"
    MENTOR = "mentor"
    SCHOOL = "school"
    COUNTY = "county"
    BUREAU = "bureau"
    AUDITOR = "auditor"
    SECURITY = "security"
    ADMIN = "admin"


_EVERYBODY = frozenset({"self.read", "self.edit", "inbox.read"})
_SCHOOL = _EVERYBODY | {
    "certificates.read",
    "courses.nominate",
    "courses.read",
    "duties.edit",
    "home.tasks",
    "ledger.read",
    "ledger.rows",
    "people.read",
    "people.propose",
    "people.reveal",
    "placements.host",
    "placements.nominate",
    "placements.read",
    "placements.release",
    "placements.see",
    "recognitions.check",
    "recognitions.read",
    "slips.print",
    "units.read",
    "workshops.approve",
    "workshops.nominate",
    "workshops.read",
}
_COUNTY = _SCHOOL | {
    "certificates.design",
    "certificates.issue",
    "certificates.revoke",
    "courses.assign",
    "courses.edit",
    "courses.teach",
    "credentials.verify",
    "designations.read",
    "imports.read",
    "imports.use",
    "people.confirm",
    "people.edit",
    "people.merge",
    "recognitions.decide",
    "studios.edit",
    "trainings.edit",
    "units.edit",
    "workshops.grade",
    "workshops.plan",
}
_BUREAU = _COUNTY | {
    "base_schools.edit",
    "designations.edit",
    "placements.decide",
    "placements.plan",
    "policies.edit",
}

PERMISSIONS: dict[Role, frozenset[str]] = {
    Role.TEACHER: _EVERYBODY
    | {
        "certificates.hold",
        "courses.learn",
        "courses.read",
        "ledger.read",
        "placements.keep_log",
        "placements.see",
        "recognitions.submit",
        "workshops.enrol",
        "workshops.read",
    },
    Role.TRAINER: _EVERYBODY
    | {"courses.read", "courses.teach", "workshops.grade", "workshops.read"},
    Role.MENTOR: _EVERYBODY | {"placements.guide", "placements.record_presence", "placements.see"},
    Role.SCHOOL: frozenset(_SCHOOL | {"placements.record_presence"}),
    Role.COUNTY: frozenset(_COUNTY),
    Role.BUREAU: frozenset(_BUREAU),
    Role.AUDITOR: _EVERYBODY | {"audit.read"},
    Role.SECURITY: _EVERYBODY | {"accounts.manage", "units.read"},
    Role.ADMIN: _EVERYBODY
    | {"imports.read", "imports.units", "jobs.read", "keys.rotate", "units.edit", "units.read"},
}
SYSTEM_ROLE = "system"


@dataclass(frozen=True, slots=True)
class HeldGrant:
    """A grant valid today, as menus and the actor need it."""

    id: int
    role: Role
    unit_id: int
    unit_code: str
    unit_name: str
    unit_kind: str
    unit_path: str


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, in which role, on which unit's subtree, from where. Scope is ``unit_path`` as a prefix."""

    account_id: int | None
    username: str
    role: str
    unit_id: int
    unit_code: str
    unit_name: str
    unit_kind: str
    unit_path: str
    grant_id: int | None = None
    origin: str = ""
    channel: str = "web"
    grants: tuple[HeldGrant, ...] = ()
    unread: int = 0
    permissions: frozenset[str] = field(default_factory=frozenset)

    def may(self, permission: str) -> bool:
        return self.role == SYSTEM_ROLE or permission in self.permissions

    def reaches(self, path: str) -> bool:
        """Whether a unit with this path lies in the actor's subtree."""
        return path.startswith(self.unit_path)


def actor_for_grant(
    grant: HeldGrant,
    *,
    account_id: int,
    username: str,
    grants: tuple[HeldGrant, ...] = (),
    unread: int = 0,
    origin: str = "",
    channel: str = "web",
) -> Actor:
    return Actor(
        account_id=account_id,
        username=username,
        role=grant.role.value,
        unit_id=grant.unit_id,
        unit_code=grant.unit_code,
        unit_name=grant.unit_name,
        unit_kind=grant.unit_kind,
        unit_path=grant.unit_path,
        grant_id=grant.id,
        origin=origin,
        channel=channel,
        grants=grants,
        unread=unread,
        permissions=PERMISSIONS[grant.role],
    )


def actor_without_grant(
    account_id: int | None, username: str, *, origin: str = "", channel: str = "web"
) -> Actor:
    """Somebody who holds no role (today): signs in, resets a password. Reaches no unit."""
    return Actor(
        account_id=account_id,
        username=username,
        role="",
        unit_id=0,
        unit_code="",
        unit_name="",
        unit_kind="",
        unit_path="/-/",
        origin=origin,
        channel=channel,
    )


def system_actor(channel: str = "cli", name: str = "system") -> Actor:
    """The actor of the command line and the worker: reaches everything, named as itself in the audit."""
    return Actor(
        account_id=None,
        username=name,
        role=SYSTEM_ROLE,
        unit_id=0,
        unit_code="",
        unit_name="",
        unit_kind="",
        unit_path="/",
        channel=channel,
    )


# Source of the numbers: DOMAIN.md §7 (MLPS habits, GB/T 22239) and the slips.
MAX_FAILURES = 5
LOCK_MINUTES = 30
SLIP_DAYS = 14
RESET_MINUTES = 60
PRIVACY_VERSION = (
    "2026-11-22"  # of templates/accounts/privacy_*.html: raise it when what they say changes
)
UNTIL_UNLOCKED = datetime(9999, 12, 31, tzinfo=UTC)  # a lock by an officer

# System, security and audit duties are held by three different accounts (三员分立).
SEPARATED_DUTIES = frozenset({Role.ADMIN, Role.SECURITY, Role.AUDITOR})


@dataclass(frozen=True, slots=True)
class Term:
    """A role held from a day until a day (inclusive; None: open)."""

    role: Role
    start: date
    end: date | None = None

    def overlaps(self, other: Term) -> bool:
        return (self.end is None or other.start <= self.end) and (
            other.end is None or self.start <= other.end
        )


def clashing_duty(new: Term, held: Iterable[Term]) -> Role | None:
    """The separated duty that the account already holds on a day of the new term, or None."""
    if new.role not in SEPARATED_DUTIES:
        return None
    return next(
        (
            term.role
            for term in held
            if term.role in SEPARATED_DUTIES and term.role is not new.role and term.overlaps(new)
        ),
        None,
    )


def may_grant(actor: Actor, role: Role) -> bool:
    """Security grants any role; who prints activation slips makes teachers and nothing else."""
    if actor.may("accounts.manage"):
        return True
    return role is Role.TEACHER and actor.may("slips.print")


def may_manage(actor: Actor, account_id: int, paths: Iterable[str]) -> bool:
    """Whether the actor may lock or disable the account, whose grants of today and later lie on ``paths``.

    Everything it holds must lie within the actor's unit, and nobody does it to themselves.
    """
    return account_id != actor.account_id and all(actor.reaches(path) for path in paths)


def minutes_left(locked_until: datetime | None, now: datetime) -> int:
    """Whole minutes until a lock ends, rounded up; 0 when there is none."""
    if locked_until is None or locked_until <= now:
        return 0
    return int(-(-(locked_until - now).total_seconds() // 60))
