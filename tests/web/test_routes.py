"""Walks every route: an access decision, typed parameters, kebab-case paths, no commit by GET, nothing outside the unit."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from app.access.guards import ACCESS, ANY_ACCOUNT, PUBLIC, SIGNED_IN
from app.domain.accounts.rules import PERMISSIONS, Role
from tests import factories as make
from tests.web.objects import EVERYBODYS, OUTSIDE, build

SignIn = Callable[[int], FlaskClient]
PARAMETER = re.compile(r"<(?:(?P<converter>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")
WORD = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z]+)?")
REFUSED = {403, 404}
OPEN = {PUBLIC, SIGNED_IN, ANY_ACCOUNT}
KNOWN = OPEN.union(*PERMISSIONS.values())
UNKNOWN_ID = 987654321
# What most acts ask for, so that the object is looked for and not the form refused.
FORM = {"reason": "依据文件", "evidence": "原件", "person": "new"}


def rules(app: Flask) -> Iterator[Rule]:
    """Our routes: all but static files, and the API's, which tests/web/api walks."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static" and not rule.rule.startswith("/api/"):
            yield rule


def access_of(app: Flask, rule: Rule) -> str | None:
    return getattr(app.view_functions[rule.endpoint], ACCESS, None)


def test_every_view_says_who_may_open_it(app: Flask) -> None:
    silent = [rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"
              and access_of(app, rule) is None]  # fmt: skip
    assert silent == []


def test_every_permission_asked_for_is_held_by_some_role(app: Flask) -> None:
    asked = {access_of(app, rule) for rule in rules(app)}
    assert {permission for permission in asked if permission not in KNOWN} == set()


def test_every_parameter_has_a_type(app: Flask) -> None:
    untyped = [rule.rule for rule in app.url_map.iter_rules()
               for found in PARAMETER.finditer(rule.rule) if not found["converter"]]  # fmt: skip
    assert untyped == []


def test_every_id_is_a_number(app: Flask) -> None:
    texts = [rule.rule for rule in rules(app) for found in PARAMETER.finditer(rule.rule)
             if found["name"].endswith("_id") and found["converter"] != "int"]  # fmt: skip
    assert texts == []


def test_paths_are_kebab_case(app: Flask) -> None:
    def odd(rule: Rule) -> list[str]:
        plain = PARAMETER.sub("", rule.rule)
        return [part for part in plain.split("/") if part and not WORD.fullmatch(part.lstrip("."))]

    assert [(rule.rule, odd(rule)) for rule in rules(app) if odd(rule)] == []


def test_every_object_named_by_a_route_is_tried_from_outside(app: Flask) -> None:
    named = {found["name"] for rule in rules(app) for found in PARAMETER.finditer(rule.rule)}
    assert named - OUTSIDE.keys() - EVERYBODYS == set(), "add it to tests/web/objects.py"


def roles_for(access: str) -> list[Role]:
    """The roles a view is open to."""
    if access == SIGNED_IN:
        return list(Role)
    return [role for role, permissions in PERMISSIONS.items() if access in permissions]


@pytest.fixture
def accounts(app: Flask) -> dict[Role, int]:
    with app.app_context():
        return {role: make.make_account(role, make.CHUXIONG).id for role in Role}


def test_nobody_gets_in_without_signing_in(app: Flask, client: FlaskClient) -> None:
    let_in = []
    for rule in rules(app):
        if access_of(app, rule) == PUBLIC:
            continue
        address = _address(app, rule, dict.fromkeys(rule.arguments, 1))
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            answer = client.open(address, method=method)
            if answer.status_code != 302 or "/login" not in answer.location:
                let_in.append((method, rule.rule, answer.status_code))
    assert let_in == []


def test_roles_without_the_permission_are_refused(
    app: Flask, accounts: dict[Role, int], sign_in: SignIn
) -> None:
    wrong = []
    for role, account_id in accounts.items():
        client = sign_in(account_id)
        for rule in rules(app):
            access = access_of(app, rule) or ""
            if access in OPEN or access in PERMISSIONS[role]:
                continue
            address = _address(app, rule, dict.fromkeys(rule.arguments, 1))
            method = "GET" if "GET" in (rule.methods or set()) else "POST"
            answer = client.open(address, method=method)
            if answer.status_code != 403:
                wrong.append((role.value, method, rule.rule, answer.status_code))
    assert wrong == []


def test_pages_open_without_a_fault_and_write_nothing(
    app: Flask, accounts: dict[Role, int], sign_in: SignIn
) -> None:
    commits: list[str] = []
    now = [""]

    def note(session: Session) -> None:
        if session.info.get("in_atomic"):
            commits.append(now[0])

    event.listen(Session, "before_commit", note)
    faults = []
    try:
        for role, account_id in accounts.items():
            client = sign_in(account_id)
            for rule in rules(app):
                if rule.arguments or "GET" not in (rule.methods or set()):
                    continue
                now[0] = rule.rule
                status = client.get(rule.rule).status_code
                if status >= 500 or (status == 403 and _open_to(app, rule, role)):
                    faults.append((role.value, rule.rule, status))
    finally:
        event.remove(Session, "before_commit", note)
    assert (faults, sorted(set(commits))) == ([], [])


def _open_to(app: Flask, rule: Rule, role: Role) -> bool:
    access = access_of(app, rule) or ""
    return access in OPEN or access in PERMISSIONS[role]


def test_an_object_outside_the_unit_is_refused_as_if_there_were_none(
    app: Flask, accounts: dict[Role, int], sign_in: SignIn
) -> None:
    with app.app_context():
        there = build()
        ids = {name: make_one(there) for name, make_one in OUTSIDE.items()}
    faults = []
    for rule, role, method in _object_routes(app):
        client = sign_in(accounts[role])
        form = FORM if method == "POST" else None
        outside = client.open(_address(app, rule, ids), method=method, data=form).status_code
        unknown = {**dict.fromkeys(ids, UNKNOWN_ID), "code": "987654321"}
        nowhere = client.open(_address(app, rule, unknown), method=method, data=form).status_code
        if outside not in REFUSED or outside != nowhere:
            faults.append((role.value, method, rule.rule, outside, nowhere))
    assert not faults, faults


def _object_routes(app: Flask) -> Iterator[tuple[Rule, Role, str]]:
    """Routes that name an object of a unit, with each role they are open to and each method."""
    for rule in rules(app):
        access = access_of(app, rule) or ""
        if access in {PUBLIC, ANY_ACCOUNT} or not rule.arguments & OUTSIDE.keys():
            continue
        for role in roles_for(access):
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield rule, role, method


WORDS = {
    "what": "phone",
    "figure": "schools",
    "kind": "counselors",
    "name": "hours_year",
    "text": "below-hours",
}


def _address(app: Flask, rule: Rule, values: dict[str, object]) -> str:
    """The route's path with these values; words get one that exists, where we know it."""
    chosen = {name: WORDS.get(name, values.get(name, 1)) for name in rule.arguments}
    with app.test_request_context():
        built = app.url_map.bind("localhost").build(rule.endpoint, chosen)
    return str(built)
