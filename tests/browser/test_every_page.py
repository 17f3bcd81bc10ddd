"""Every page that a role can reach from its menu is accessible, fits the screen and throws no error."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import DESKTOP, PHONE, OpenPage, check_accessibility, sign_in

pytestmark = pytest.mark.browser
# By account and, where it has many pages, area; of the demonstration's records.
VISITS = {
    "bureau-chuxiong": [
        "/",
        "/counties/?unit=532300&as_of=2023-08-17&since=2020-01-01&compare=2022-08-17",
        "/counties/figures/holders?unit=532300&as_of=2023-08-17&since=2020-01-01",
        "/counties/policies/",
        "/people/",
        "/people/1",
        "/people/1/edit",
        "/people/new",
        "/posting-changes/",
        "/gaps/",
        "/credentials/",
        "/trainings/",
        "/studios/",
        "/designations/",
        "/units/532301",
        "/units/5323010001",
        "/units/532301/new",
        "/imports/",
        "/imports/new",
        "/imports/queue/",
        "/slips/",
        "/inbox/",
        "/account/",
    ],
    "teacher-chuxiong": [
        "/",
        "/people/me",
        "/inbox/",
        "/account/",
        "/certificates/mine",
        "/verify/",
    ],
    "auditor-chuxiong": ["/", "/audit/"],
    "security-chuxiong": ["/", "/users/", "/users/new"],
    "admin-chuxiong": ["/", "/jobs/", "/imports/", "/signing-keys/", "/signing-keys/rotate"],
    "bureau-chuxiong certificates": [
        "/certificates/",
        "/certificates/22",
        "/certificates/22/revoke",
        "/certificates/22/reissue",
        "/certificates/issue",
        "/certificates/issue?show=without",
        "/certificates/batches",
        "/certificates/batches/new?source=designation",
        "/certificates/batches/5",
        "/certificates/batches/7",
        "/certificates/batches/7?show=others",
        "/certificates/batches/7/change",
        "/certificates/templates/",
        "/certificates/templates/1",
        "/certificates/templates/1/versions/1/try?person_id=1",
        "/certificates/templates/new",
        "/certificates/templates/images",
        "/credentials/queue",
        "/credentials/198",
        "/credentials/kinds",
        "/people/582",
    ],
    "teacher-chuxiong certificates": [
        "/",
        "/credentials/mine",
        "/credentials/mine/new",
        "/credentials/mine/195",
        "/workshops/1/take-part",
    ],
    "bureau-chuxiong workshops": [
        "/workshops/",
        "/workshops/new",
        "/workshops/programmes/",
        "/workshops/programmes/new",
        "/workshops/approvals?step=all",
        "/workshops/2",
        "/workshops/2/edit",
        "/workshops/3/seats",
        "/workshops/2/sessions",
        "/workshops/sessions/18/edit",
        "/workshops/sessions/18/cancel",
        "/workshops/2/trainers",
        "/workshops/2/files",
        "/workshops/2/copy",
        "/workshops/3/cancel",
        "/workshops/2/roster",
        "/workshops/2/guide",
        "/workshops/3/nominate",
        "/workshops/3/nominate/sheet",
        "/workshops/1/feedback",
        "/workshops/1/feedback/questions",
        "/workshops/3/feedback/questions",
        "/workshops/2/attendance",
        "/workshops/2/attendance/7",
        "/workshops/2/attendance/7/sheet",
        "/workshops/2/attendance/7/import",
        "/workshops/2/grades",
        "/workshops/1/grades",
        "/workshops/2/grades/publish",
        "/workshops/2/grades/moderate",
        "/workshops/2/grades/import",
        "/workshops/1/completion",
        "/workshops/1/completion/reopen",
        "/workshops/2/completion",
        "/workshops/2/assignments",
        "/workshops/2/assignments/1",
        "/workshops/2/assignments/1/edit",
        "/workshops/2/assignments/new",
        "/workshops/1/appeals",
    ],
    "trainer-chuxiong workshops": [
        "/workshops/",
        "/workshops/2",
        "/workshops/2/roster",
        "/workshops/2/attendance/9/code",
        "/workshops/2/grades",
    ],
    "teacher-chuxiong workshops": [
        "/workshops/open",
        "/workshops/mine",
        "/workshops/hours",
        "/workshops/3/take-part",
        "/workshops/2/take-part",
        "/workshops/2/my-attendance",
        "/workshops/2/assignments",
        "/workshops/2/assignments/1/hand-in",
        "/workshops/1/result",
        "/workshops/1/feedback",
        "/calendar/",
    ],
    "county-chuxiong workshops": [
        "/workshops/",
        "/workshops/approvals",
        "/workshops/3/nominate",
        "/workshops/3/roster",
    ],
    "bureau-lincang courses": [
        "/courses/",
        "/courses/new",
        "/courses/1",
        "/courses/1/edit",
        "/courses/1/end",
        "/courses/1/trainers",
        "/courses/1/content",
        "/courses/1/files",
        "/courses/1/lessons/2",
        "/courses/1/learners",
        "/courses/1/learners?show=stuck",
        "/courses/1/learners/1/completion",
        "/courses/1/learners/1/completion/correct",
        "/courses/1/learners/1/completion/revoke",
        "/courses/1/learners/1/completion/restore",
        "/courses/1/learners/nominate",
        "/courses/1/groups",
        "/courses/1/groups/new",
        "/courses/1/groups/1",
        "/courses/1/groups/1/edit",
        "/courses/1/marking",
        "/courses/1/marking?status=all",
        "/courses/1/marking/answers",
        "/courses/1/dashboard",
        "/courses/2",
        "/courses/2/dashboard",
        "/courses/banks/",
        "/courses/banks/1",
        "/courses/recognitions/",
        "/courses/recognitions/2",
        "/courses/recognitions/3",
        "/imports/mappings/",
        "/imports/mappings/1",
        "/duties/",
    ],
    "trainer-lincang courses": [
        "/",
        "/courses/",
        "/courses/1",
        "/courses/1/marking",
        "/courses/1/marking/work/6",
        "/courses/1/dashboard",
    ],
    "teacher-lincang courses": [
        "/",
        "/courses/",
        "/courses/1",
        "/courses/1/lessons/1",
        "/courses/1/lessons/2",
        "/courses/1/lessons/3",
        "/courses/1/lessons/5",
        "/courses/1/lessons/6",
        "/courses/2",
        "/courses/recognitions/mine",
        "/courses/recognitions/new",
        "/courses/recognitions/4",
    ],
    "county-lincang courses": [
        "/",
        "/courses/",
        "/courses/1/learners",
        "/courses/1/dashboard",
        "/courses/recognitions/",
    ],
    "bureau-lincang placements": [
        "/placements/",
        "/placements/cohorts/",
        "/placements/cohorts/new",
        "/placements/cohorts/3",
        "/placements/cohorts/4",
        "/placements/cohorts/4/edit",
        "/placements/cohorts/4/seats",
        "/placements/cohorts/4/quotas",
        "/placements/cohorts/4/criteria/mid-term",
        "/placements/cohorts/4/criteria/final",
        "/placements/cohorts/4/files",
        "/placements/cohorts/3/papers",
        "/placements/cohorts/3/copy",
        "/placements/cohorts/4/cancel",
        "/placements/cohorts/3/nominations",
        "/placements/cohorts/4/nominations",
        "/placements/cohorts/4/matching",
        "/placements/cohorts/3/matching",
        "/placements/cohorts/3/placements",
        "/placements/base-schools/",
        "/placements/base-schools/5309000000",
        "/placements/base-schools/5309000000/capacity",
        "/placements/base-schools/5309000000/mentors/new",
        "/placements/9",
        "/placements/9/log",
        "/placements/9/log/1",
        "/placements/9/presence",
        "/placements/9/appraisal",
        "/placements/9/changes",
        "/placements/9/changes/extension",
        "/placements/9/files",
        "/placements/nominations/",
        "/placements/nominations/1",
        "/placements/mentors/1/limit",
        "/placements/mentors/1/end",
    ],
    "teacher-lincang placements": [
        "/placements/",
        "/placements/mine",
        "/workshops/open",
    ],
    "mentor-lincang placements": [
        "/placements/",
        "/placements/mentoring",
        "/placements/9",
        "/placements/9/log",
        "/placements/9/appraisal",
    ],
    "county-lincang placements": [
        "/placements/",
        "/placements/cohorts/4/nominate",
        "/placements/cohorts/4/nominations",
        "/placements/nominations/",
    ],
    "teacher-5309220001 placements": [
        "/placements/mine",
        "/placements/10",
        "/placements/10/log",
        "/placements/10/log/new",
        "/placements/10/presence",
        "/placements/10/appraisal",
        "/placements/10/changes/ask",
    ],
    "school-lincang placements": [
        "/placements/",
        "/placements/attendance",
    ],
}


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("visit", VISITS)
def test_every_page_is_accessible_and_fits(open_page: OpenPage, visit: str) -> None:
    page = open_page(DESKTOP)
    sign_in(page, visit.split()[0])
    for path in VISITS[visit]:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        # What surrounds it is the same on every page of an account.
        check_accessibility(page, "" if path == VISITS[visit][0] else "main")
        assert _fits(page), f"{path} is wider than the screen"
        page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        assert _fits(page), f"{path} is wider than a phone"
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


@pytest.mark.parametrize("visit", VISITS)
def test_the_first_page_of_every_area_is_accessible_on_a_phone(
    open_page: OpenPage, visit: str
) -> None:
    page = open_page(PHONE)
    sign_in(page, visit.split()[0])
    page.goto(VISITS[visit][0])
    check_accessibility(page)
    assert _fits(page)
