"""The queue of applications: own step and scope, many at once, each as it was seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core.db import atomic, db
from app.domain.accounts.rules import system_actor
from app.domain.audit.models import AuditEntry
from app.domain.units.models import Unit
from app.domain.workshops.models import Enrolment, EnrolmentDecision, Workshop
from app.domain.workshops.operations.enrolling import withdraw
from app.domain.workshops.rules.words import Approval
from tests.factories import (
    CHUXIONG,
    CHUXIONG_CITY,
    LUFENG,
    get_unit,
    make_account,
    make_counselor,
    make_school,
)
from tests.web.workshops.test_teacher_pages import in_english
from tests.workshop_factories import enrol_one, make_workshop

SignIn = Callable[[int], FlaskClient]


@pytest.fixture
def case(app: Flask) -> dict[str, int]:
    """A workshop with the whole chain, two applicants of 鹿城小学, one of a school in 禄丰; ids."""
    with app.app_context():
        workshop_id = make_workshop(5, approval=Approval.COUNTY).id
        school_id = make_school(CHUXIONG_CITY, "鹿城小学").id
        ids = {"workshop": workshop_id, "school": school_id}
        for key, unit_id in (("a", school_id), ("b", school_id), ("far", make_school(LUFENG).id)):
            person = make_counselor(db.session.get_one(Unit, unit_id), f"老师{key}")
            outcome = enrol_one(db.session.get_one(Workshop, workshop_id), person)
            ids[key] = outcome.enrolment.id
        return ids


def enter(app: Flask, sign_in: SignIn, role: str, unit: int | str) -> FlaskClient:
    with app.app_context():
        where = db.session.get_one(Unit, unit) if isinstance(unit, int) else get_unit(unit)
        account_id = make_account(role, where).id
    return in_english(sign_in(account_id))


def stand(app: Flask, enrolment_id: int) -> tuple[str, str | None]:
    with app.app_context():
        enrolment = db.session.get_one(Enrolment, enrolment_id)
        return enrolment.status.value, enrolment.approval_step


def decide(client: FlaskClient, *seen: str, action: str = "approve", reason: str = "") -> str:
    answer = client.post(
        "/workshops/approvals",
        data={"id": list(seen), "action": action, "reason": reason},
        follow_redirects=True,
    )
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_school_sees_its_own_applicants_and_its_own_step(
    app: Flask, case: dict[str, int], sign_in: SignIn
) -> None:
    school = enter(app, sign_in, "school", case["school"])
    text = school.get("/workshops/approvals").get_data(as_text=True)
    assert "老师a" in text
    assert "老师far" not in text
    decide(school, f"{case['a']}:school")
    assert "老师a" not in school.get("/workshops/approvals").get_data(as_text=True)


def test_the_chain_goes_from_the_school_to_the_county(
    app: Flask, case: dict[str, int], sign_in: SignIn
) -> None:
    county = enter(app, sign_in, "county", CHUXIONG_CITY)
    assert "老师a" not in county.get("/workshops/approvals").get_data(as_text=True)
    decide(enter(app, sign_in, "school", case["school"]), f"{case['a']}:school")
    assert stand(app, case["a"]) == ("pending", "county")
    assert "老师a" in county.get("/workshops/approvals").get_data(as_text=True)
    decide(county, f"{case['a']}:county")
    assert stand(app, case["a"]) == ("confirmed", None)


def test_approves_many_at_once(app: Flask, case: dict[str, int], sign_in: SignIn) -> None:
    school = enter(app, sign_in, "school", case["school"])
    text = decide(school, f"{case['a']}:school", f"{case['b']}:school")
    assert "2 applications approved." in text
    assert stand(app, case["b"]) == ("pending", "county")


def test_a_rejection_needs_a_reason(app: Flask, case: dict[str, int], sign_in: SignIn) -> None:
    school = enter(app, sign_in, "school", case["school"])
    assert "A rejection needs a reason." in decide(school, f"{case['a']}:school", action="reject")
    assert stand(app, case["a"]) == ("pending", "school")
    decide(school, f"{case['a']}:school", action="reject", reason="学校工作安排")
    assert stand(app, case["a"]) == ("rejected", None)
    with app.app_context():
        decision = db.session.query(EnrolmentDecision).one()
        assert (decision.approved, decision.reason) == (False, "学校工作安排")


def test_a_stale_step_is_refused_and_the_others_go_through(
    app: Flask, case: dict[str, int], sign_in: SignIn
) -> None:
    school = enter(app, sign_in, "school", case["school"])
    county = enter(app, sign_in, "county", CHUXIONG_CITY)
    decide(school, f"{case['a']}:school")
    text = decide(county, f"{case['a']}:school", f"{case['b']}:school")
    assert "老师a: Somebody else has decided this step meanwhile." in text
    assert "1 application approved." in text
    assert stand(app, case["a"]) == ("pending", "county")
    assert stand(app, case["b"]) == ("pending", "county")


def test_a_withdrawn_application_can_no_longer_be_approved(
    app: Flask, case: dict[str, int], sign_in: SignIn
) -> None:
    school = enter(app, sign_in, "school", case["school"])
    with app.app_context(), atomic():
        withdraw(case["a"], actor=system_actor("test"))
    assert "waits for no decision any more" in decide(school, f"{case['a']}:school")
    assert stand(app, case["a"]) == ("withdrawn", None)


def test_a_school_cannot_decide_the_step_of_the_county(
    app: Flask, case: dict[str, int], sign_in: SignIn
) -> None:
    school = enter(app, sign_in, "school", case["school"])
    decide(school, f"{case['a']}:school")
    assert "This step is not yours to decide." in decide(school, f"{case['a']}:county")
    assert stand(app, case["a"]) == ("pending", "county")


def test_an_application_of_another_county_is_not_found(
    app: Flask, case: dict[str, int], sign_in: SignIn
) -> None:
    county = enter(app, sign_in, "county", CHUXIONG_CITY)
    answer = county.post(
        "/workshops/approvals",
        data={"id": [f"{case['a']}:school", f"{case['far']}:school"], "action": "approve"},
    )
    assert answer.status_code == 404
    assert stand(app, case["a"]) == ("pending", "school")


@pytest.mark.parametrize("seen", ["x:school", "1:chief", "1", "99999999999:school"])
def test_a_malformed_choice_is_a_bad_request(app: Flask, sign_in: SignIn, seen: str) -> None:
    county = enter(app, sign_in, "county", CHUXIONG_CITY)
    data = {"id": seen, "action": "approve"}
    assert county.post("/workshops/approvals", data=data).status_code == 400


def test_the_prefecture_decides_for_municipal_schools(
    app: Flask, case: dict[str, int], sign_in: SignIn
) -> None:
    with app.app_context():
        person = make_counselor(make_school(CHUXIONG, "州直中学"), "州直老师")
        workshop = db.session.get_one(Workshop, case["workshop"])
        municipal = enrol_one(workshop, person, nominated_by="school").enrolment.id
    bureau = enter(app, sign_in, "bureau", CHUXIONG)
    text = bureau.get("/workshops/approvals").get_data(as_text=True)
    assert "州直老师" in text
    assert "老师far" not in text
    everything = bureau.get("/workshops/approvals?step=all").get_data(as_text=True)
    assert "老师far" in everything
    decide(bureau, f"{municipal}:county")
    assert stand(app, municipal) == ("confirmed", None)


def test_filters_by_workshop(app: Flask, case: dict[str, int], sign_in: SignIn) -> None:
    with app.app_context():
        other_id = make_workshop(5, approval=Approval.SCHOOL, title="另一个班").id
        person = make_counselor(db.session.get_one(Unit, case["school"]), "别班老师")
        enrol_one(db.session.get_one(Workshop, other_id), person)
    school = enter(app, sign_in, "school", case["school"])
    text = school.get(f"/workshops/approvals?workshop={other_id}").get_data(as_text=True)
    assert "别班老师" in text
    assert "老师a" not in text


def test_a_decision_is_audited_once(app: Flask, case: dict[str, int], sign_in: SignIn) -> None:
    decide(enter(app, sign_in, "school", case["school"]), f"{case['a']}:school")
    with app.app_context():
        entries = db.session.query(AuditEntry).filter_by(action="workshops.approve").all()
        assert [entry.object_id for entry in entries] == [str(case["a"])]


def test_home_counts_what_waits_for_the_office(
    app: Flask, case: dict[str, int], sign_in: SignIn
) -> None:
    text = enter(app, sign_in, "school", case["school"]).get("/").get_data(as_text=True)
    assert "applications for workshops to approve or reject" in text
    county = enter(app, sign_in, "county", CHUXIONG_CITY).get("/").get_data(as_text=True)
    assert "for workshops to approve or reject" not in county


def test_the_same_queries_for_three_applications_and_for_twenty(
    app: Flask, case: dict[str, int], sign_in: SignIn, count_queries: Callable[..., int]
) -> None:
    school = enter(app, sign_in, "school", case["school"])
    school.get("/workshops/approvals")
    few = count_queries(lambda: school.get("/workshops/approvals"))
    with app.app_context():
        for number in range(18):
            person = make_counselor(db.session.get_one(Unit, case["school"]), f"教师{number}")
            enrol_one(db.session.get_one(Workshop, case["workshop"]), person)
    assert count_queries(lambda: school.get("/workshops/approvals")) == few


def test_refuses_a_workshop_that_no_database_keeps(
    app: Flask, sign_in: SignIn, case: dict[str, int]
) -> None:
    officer = enter(app, sign_in, "county", CHUXIONG_CITY)
    assert officer.get(f"/workshops/approvals?workshop={10**20}").status_code == 400
