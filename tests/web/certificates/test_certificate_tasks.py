"""What certificates put on the home page, each with its number and a list that agrees with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core import clock
from app.core.db import atomic
from app.domain.certificates.operations.batches import discard_batch
from app.domain.certificates.rules import CredentialState
from app.domain.certificates.rules.words import BatchState
from tests import certificate_factories as issuing
from tests import factories as make
from tests.factories import CHUXIONG, LUFENG

SignIn = Callable[[int], FlaskClient]


def number_of(client: FlaskClient, address: str) -> int:
    """The number of the task that leads to an address; 0 when there is none."""
    return next((number for where, number, _label in tasks_of(client) if where == address), 0)


def tasks_of(client: FlaskClient) -> list[tuple[str, int, str]]:
    """Where each task leads, its number and its words."""
    found = re.findall(
        r'<li class="home-task[^>]*>\s*<a href="([^"]*)">.*?<b class="num">(\d+)</b>\s*<span>(.*?)</span>',
        client.get("/").text,
        re.DOTALL,
    )
    return [(address.replace("&amp;", "&"), int(number), label) for address, number, label in found]


WITHOUT = "/certificates/issue?show=without"


@pytest.fixture
def bureau(app: Flask) -> Any:
    with app.app_context():
        return make.make_actor("bureau", CHUXIONG)


def _trained(actor: Any, **facts: Any) -> str:
    facts = {"ended_on": clock.today() - timedelta(days=3), "organiser": actor.unit_name} | facts
    return issuing.make_trained(LUFENG, ["李桃艳", "王小红"], **facts)[1]


def test_a_training_of_ones_own_waits_until_a_batch_is_prepared_for_it(
    app: Flask, bureau: Any, sign_in: SignIn
) -> None:
    client = sign_in(bureau.account_id)
    assert number_of(client, WITHOUT) == 0
    with app.app_context():
        key = _trained(bureau, title="自己办的培训")
        _trained(bureau, title="别人办的培训", organiser="云南省教育厅")
        _trained(bureau, title="早就结束的培训", ended_on=clock.today() - timedelta(days=181))
        _trained(bureau, title="没有人通过的培训", passed=False)
        county = make.make_account("county", LUFENG).id
    assert number_of(client, WITHOUT) == 1
    page = client.get(WITHOUT).text
    assert "自己办的培训" in page
    assert "别人办的培训" not in page
    assert "早就结束的培训" not in page
    with app.app_context():
        batch_id = issuing.draft(bureau, issuing.make_template(), key, issued_on=clock.today())
    assert number_of(client, WITHOUT) == 0
    with app.app_context(), atomic():
        discard_batch(batch_id, actor=bureau)
    assert number_of(client, WITHOUT) == 1
    with app.app_context():
        template = issuing.make_template()
        issuing.issue(issuing.draft(bureau, template, key, issued_on=clock.today()), bureau)
    assert number_of(client, WITHOUT) == 0
    assert number_of(sign_in(county), WITHOUT) == 0


def test_batches_that_wait_or_stopped_lead_to_those_of_ones_own_unit(
    app: Flask, bureau: Any, sign_in: SignIn
) -> None:
    drafts, stopped = (
        f"/certificates/batches?state={state}&own=yes" for state in ("draft", "failed")
    )
    with app.app_context():
        county = make.make_actor("county", LUFENG)
        template = issuing.make_template()
        _people, key = issuing.make_trained()
        issuing.draft(county, template, key, title="县里的")
        issuing.draft(bureau, template, key, title="州里的")
        failed = issuing.draft(bureau, template, key, title="停下的")
        issuing.issue(failed, bureau)
    client = sign_in(bureau.account_id)
    assert (number_of(client, drafts), number_of(client, stopped)) == (1, 0)
    page = client.get(drafts).text
    assert "州里的" in page
    assert "县里的" not in page
    assert "停下的" in client.get("/certificates/batches?state=issuing").text
    with app.app_context(), atomic():
        issuing.batch_of(failed).job_id = None  # nobody makes its papers any more
    assert number_of(client, stopped) == 1
    assert "停下的" in client.get(stopped).text
    assert "停下的" not in client.get("/certificates/batches?state=issuing").text
    with app.app_context(), atomic():
        issuing.batch_of(failed).state = BatchState.FAILED
    assert number_of(client, stopped) == 1


def test_a_teacher_sees_what_was_sent_back_and_what_ends_soon(app: Flask, sign_in: SignIn) -> None:
    mine = "/credentials/mine"
    with app.app_context():
        school = make.make_school(LUFENG)
        teacher = make.make_actor("teacher", school)
        person, other = make.make_counselor(school, "李桃艳"), make.make_counselor(school)
        with atomic():
            person.account_id = teacher.account_id
        soon = clock.today() + timedelta(days=20)
        make.make_credential(person, state=CredentialState.SENT_BACK)
        make.make_credential(person, expires_on=soon)
        make.make_credential(person, expires_on=clock.today() + timedelta(days=91))
        make.make_credential(other, state=CredentialState.SENT_BACK)
        make.make_credential(other, expires_on=soon)
    tasks = tasks_of(sign_in(teacher.account_id))
    assert [(number, label) for address, number, label in tasks if address == mine] == [
        (1, "份资格证书被退回，请修改后重新提交"),
        (1, "份资格证书将在 90 天内到期，请及时换证"),
    ]


@pytest.mark.parametrize(
    ("role", "entry"),
    [("bureau", "/certificates/"), ("county", "/certificates/"), ("school", "/certificates/"),
     ("teacher", "/certificates/mine"), ("trainer", None), ("auditor", None)],
)  # fmt: skip
def test_the_menu_leads_officers_to_all_and_a_teacher_to_their_own(
    app: Flask, sign_in: SignIn, role: str, entry: str | None
) -> None:
    with app.app_context():
        account = make.make_account(role, CHUXIONG).id
    links = set(re.findall(r'href="(/certificates/[^"]*)"', sign_in(account).get("/").text))
    assert links - {WITHOUT} == ({entry} if entry else set())
