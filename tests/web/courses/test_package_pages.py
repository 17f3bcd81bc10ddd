"""The pages and answers around a package: bring it, open it, save what it says."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core import media
from app.core.db import atomic, db
from app.domain.accounts.rules import Role
from app.domain.courses.models import CourseEnrolment, CoursePackage, Lesson, PackageState
from app.domain.courses.rules.words import LearnerStatus, LessonKind, VersionStatus
from tests import factories as make
from tests.course_factories import (
    make_course,
    make_course_trainer,
    make_learner,
    make_learner_account,
    make_lesson,
    make_version,
)
from tests.package_factories import make_package
from tests.packages import files_of_ordered_2004, files_of_scorm_12, files_of_scorm_2004, zipped

SignIn = Callable[[int], FlaskClient]
RUN = "a" * 24


class Place:
    """A course of Lincang with a published package lesson, a draft with an empty one, and who works on them."""

    def __init__(self, folder: Path) -> None:
        course = make_course()
        version, draft = make_version(course), make_version(course, VersionStatus.DRAFT, 2)
        package = make_package(course, files_of_scorm_2004(), folder)
        self.course, self.package = course.id, package.id
        self.lesson = make_lesson(version, LessonKind.PACKAGE, package_id=package.id).id
        self.text = make_lesson(version, title="后一课", required=False).id
        self.empty = make_lesson(draft, LessonKind.PACKAGE, "新课件").id
        enrolment = make_learner(course)
        self.enrolment, self.learner = enrolment.id, make_learner_account(enrolment).id
        self.trainer = make_course_trainer(course).id
        self.stranger = make.make_account(Role.TRAINER, make.LINCANG).id

    @property
    def play(self) -> str:
        return f"/courses/{self.course}/lessons/{self.lesson}"

    @property
    def write(self) -> str:
        return f"/courses/{self.course}/content/lessons/{self.empty}/package"


@pytest.fixture
def place(app: Flask, tmp_path: Path) -> Place:
    with app.app_context():
        return Place(tmp_path)


def report(**facts: Any) -> dict[str, Any]:
    made = {"item": "a", "run": RUN, "sequence": 1, "seen": 0, "elements": {}, "ended": False}
    return made | facts


def bring(client: FlaskClient, place: Place, data: bytes, name: str = "课件.zip") -> TestResponse:
    return client.post(place.write, data={"file": (io.BytesIO(data), name)})


def test_shows_the_parts_and_where_one_begins(place: Place, sign_in: SignIn) -> None:
    page = sign_in(place.learner).get(place.play).text
    for part in ("理论", "练习", "阅读材料"):
        assert part in page
    assert page.count("未学习") == 3
    assert 'data-item="a"' in page
    assert 'data-item="b"' in sign_in(place.learner).get(f"{place.play}?item=b").text
    assert 'data-item="a"' in sign_in(place.learner).get(f"{place.play}?item=zzz").text


def test_tells_the_player_where_the_package_lies(place: Place, sign_in: SignIn) -> None:
    told = sign_in(place.learner).get(f"{place.play}/package").get_json()
    assert (told["item"], told["seen"], told["saves"]) == ("a", 0, True)
    assert told["origin"] == "http://127.0.0.1"
    assert told["frame"].startswith("http://127.0.0.1/packages/frame/")
    order = told["order"]
    assert order["address"].startswith("/packages/files/")
    assert order["address"].endswith("/a/index.html?part=a")
    assert order["start"]["cmi.entry"] == "ab-initio"
    assert order["start"]["cmi.learner_name"] == "学员"


def test_opens_the_files_it_told_of(app: Flask, place: Place, sign_in: SignIn) -> None:
    told = sign_in(place.learner).get(f"{place.play}/package?item=b").get_json()
    answer = app.test_client().get(told["order"]["address"], base_url="http://127.0.0.1")
    assert (answer.status_code, answer.mimetype) == (200, "text/html")


def test_saves_what_the_package_says_and_shows_it(
    app: Flask, place: Place, sign_in: SignIn
) -> None:
    client = sign_in(place.learner)
    sent = report(elements={"cmi.progress_measure": "0.9", "cmi.score.scaled": "0.8"})
    saved = client.post(f"{place.play}/package/state", json=sent)
    assert saved.get_json() == {
        "item": "a", "number": 1, "word": "已完成，80 分", "done": True, "lesson_done": False, "course_done": False,
    }  # fmt: skip
    assert "已完成，80 分" in client.get(place.play).text
    assert client.get(f"{place.play}/package").get_json()["item"] == "b"
    client.post(f"{place.play}/package/state", json=report(item="c", run="b" * 24))
    last = report(item="b", run="c" * 24, elements={"cmi.success_status": "passed"})
    done = client.post(f"{place.play}/package/state", json=last).get_json()
    assert (done["lesson_done"], done["course_done"]) == (True, True)
    with app.app_context():
        enrolment = db.session.get_one(CourseEnrolment, place.enrolment)
        assert enrolment.status is LearnerStatus.COMPLETED


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "x",
        report(item=None),
        report(item="other"),
        report(run="short"),
        report(run="../../../../x"),
        report(sequence="1"),
        report(sequence=-1),
        report(sequence=2**40),
        report(seen=True),
        report(elements=[1]),
        report(elements={"document.cookie": "x"}),
        report(elements={"cmi.suspend_data": "x" * 80_000}),
        report(elements={"cmi.suspend_data": "\ud800"}),
    ],
)
def test_refuses_what_is_no_report(app: Flask, place: Place, sign_in: SignIn, body: object) -> None:
    answer = sign_in(place.learner).post(f"{place.play}/package/state", json=body)
    assert answer.status_code == 422
    assert set(answer.get_json()) == {"code", "message"}
    with app.app_context():
        assert db.session.scalars(select(PackageState)).all() == []


def test_refuses_another_device_that_was_left_behind(place: Place, sign_in: SignIn) -> None:
    client = sign_in(place.learner)
    client.post(f"{place.play}/package/state", json=report())
    answer = client.post(f"{place.play}/package/state", json=report(run="b" * 24))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "package_elsewhere")


def test_opens_for_learners_and_who_works_on_the_course_only(place: Place, sign_in: SignIn) -> None:
    preview = sign_in(place.trainer).get(f"{place.play}/package").get_json()
    assert preview["saves"] is False
    assert (
        sign_in(place.trainer).post(f"{place.play}/package/state", json=report()).status_code == 403
    )
    assert sign_in(place.stranger).get(f"{place.play}/package").status_code == 404
    wrong = f"/courses/{place.course}/lessons/{place.text}/package"
    assert sign_in(place.learner).get(wrong).status_code == 404
    unfinished = f"/courses/{place.course}/lessons/{place.empty}/package"
    assert sign_in(place.learner).get(unfinished).status_code == 404
    assert sign_in(place.trainer).get(unfinished).status_code == 404


def test_previews_a_package_without_an_enrolment(place: Place, sign_in: SignIn) -> None:
    page = sign_in(place.trainer).get(place.play).text
    assert 'data-enrolment=""' in page
    assert "package-player.js" in page


def test_brings_a_package_into_the_draft(app: Flask, place: Place, sign_in: SignIn) -> None:
    client = sign_in(place.trainer)
    answer = bring(client, place, zipped(files_of_scorm_12()))
    assert answer.status_code == 302, answer.text
    page = client.get(place.write).text
    for told in ("心理健康教育入门", "SCORM 1.2", "课件.zip", "第一讲", "团体辅导"):
        assert told in page
    with app.app_context():
        made = db.session.get_one(Lesson, place.empty).package
        assert made is not None
        assert (media.path_of(made.folder_key) / "index.html").is_file()


def test_tells_who_brings_a_package_which_of_its_rules_are_not_carried_out(
    place: Place, sign_in: SignIn
) -> None:
    client = sign_in(place.trainer)
    with client.session_transaction() as cookie:
        cookie["language"] = "en"
    brought = bring(client, place, zipped(files_of_ordered_2004()))
    text = client.get(brought.headers["Location"]).get_data(as_text=True)
    assert "Not all rules of its manifest are carried out" in text
    assert "Learners are not to go back to an earlier part." in text
    assert "The number of attempts, or the time for them, is limited." in text
    client.post(f"{place.write}/choose", data={"package": place.package})
    plain = client.get(brought.headers["Location"]).get_data(as_text=True)
    assert "Rules of the package that are not carried out" not in plain


def test_says_why_an_archive_is_refused_and_leaves_nothing(
    app: Flask, place: Place, sign_in: SignIn
) -> None:
    client = sign_in(place.trainer)
    before = sorted(path.name for path in media.root().iterdir())
    for data, told in (
        (zipped({"index.html": "x"}), "没有 imsmanifest.xml"),
        (zipped({**files_of_scorm_12(), "../evil.html": "x"}), "../evil.html"),
        (b"not an archive", "不是 ZIP 压缩包"),
        (b"", "文件是空的"),
    ):
        answer = bring(client, place, data)
        assert answer.status_code == 422
        assert told in answer.text
    assert bring(client, place, b"x", "课件.exe").status_code == 422
    assert client.post(place.write).status_code == 422
    assert sorted(path.name for path in media.root().iterdir()) == before
    with app.app_context():
        assert db.session.get_one(Lesson, place.empty).package_id is None
        assert len(db.session.scalars(select(CoursePackage)).all()) == 1


def test_removes_what_was_unpacked_when_the_act_does_not_land(
    app: Flask, place: Place, sign_in: SignIn
) -> None:
    with app.app_context(), atomic():
        db.session.get_one(Lesson, place.empty).version.status = VersionStatus.RETIRED
    before = sorted(media.root().rglob("index.html"))
    answer = bring(sign_in(place.trainer), place, zipped(files_of_scorm_12()))
    assert answer.status_code == 422
    assert "已发布" in answer.text
    assert sorted(media.root().rglob("index.html")) == before


def test_takes_a_package_that_the_course_has(app: Flask, place: Place, sign_in: SignIn) -> None:
    client = sign_in(place.trainer)
    assert "使用" in client.get(place.write).text
    answer = client.post(f"{place.write}/choose", data={"package": place.package})
    assert answer.status_code == 302
    with app.app_context():
        assert db.session.get_one(Lesson, place.empty).package_id == place.package
    for wrong in ("", "x", "999", "-1"):
        assert client.post(f"{place.write}/choose", data={"package": wrong}).status_code == 404


def test_removes_a_package_that_no_lesson_shows(app: Flask, place: Place, sign_in: SignIn) -> None:
    client = sign_in(place.trainer)
    bring(client, place, zipped(files_of_scorm_12()))
    with app.app_context():
        spare = db.session.scalars(
            select(CoursePackage.id).order_by(CoursePackage.id.desc())
        ).first()
    client.post(f"{place.write}/choose", data={"package": place.package})
    address = f"{place.write}/remove?package={spare}"
    assert address in client.get(place.write).text
    assert client.get(address).status_code == 200
    shown = client.post(f"{place.write}/remove?package={place.package}")
    assert shown.status_code == 422
    assert client.post(address).location == place.write
    assert address not in client.get(place.write).text
    for wrong in (address, f"{place.write}/remove", f"{place.write}/remove?package=x"):
        assert client.get(wrong).status_code in {400, 404}
    with app.app_context():
        kept = db.session.scalars(
            select(CoursePackage.id).where(CoursePackage.removed_at.is_(None))
        ).all()
        assert kept == [place.package]


def test_lets_nobody_else_write(place: Place, sign_in: SignIn) -> None:
    assert sign_in(place.stranger).get(place.write).status_code == 404
    assert sign_in(place.learner).get(place.write).status_code == 403
    published = f"/courses/{place.course}/content/lessons/{place.lesson}/package"
    page = sign_in(place.trainer).get(published)
    assert page.status_code == 200
    assert 'type="file"' not in page.text
    wrong = f"/courses/{place.course}/content/lessons/{place.text}/package"
    assert sign_in(place.trainer).get(wrong).status_code == 404
