"""The editor: outline, drafts, lessons of every kind, order, preview, files with uploads that resume."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.core.db import db
from app.domain.accounts.rules import Role
from app.domain.courses.models import CourseMedia, Lesson, LessonPrerequisite, Section
from app.domain.courses.queries.content import read_content
from app.domain.courses.queries.versions import list_versions
from app.domain.courses.rules.words import CourseKind, CourseStatus, LessonKind, VersionStatus
from tests import course_factories as courses
from tests import factories as make
from tests.movies import PDF, make_movie

SignIn = Callable[[int], FlaskClient]
HTMX = {"HX-Request": "true"}


@pytest.fixture
def bureau(app: Flask, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        account_id = make.make_account(Role.BUREAU, make.LINCANG).id
    return sign_in(account_id)


@pytest.fixture
def course(app: Flask) -> int:
    """A course with a published version of two texts."""
    with app.app_context():
        course = courses.make_course()
        version = courses.make_version(course)
        courses.make_lesson(version, title="什么是心理健康")
        courses.make_lesson(version, title="情绪辅导")
        return course.id


def url(course_id: int, *rest: object) -> str:
    return "/".join(["", "courses", str(course_id), "content", *map(str, rest)])


def draft(client: FlaskClient, course_id: int) -> None:
    assert client.post(url(course_id, "draft")).status_code == 302


def lesson_ids(app: Flask, course_id: int) -> dict[str, int]:
    """The lessons of the newest version by title."""
    with app.app_context():
        version = list_versions(course_id)[0].id
        return {one.title: one.id for one in read_content(version).lessons}


def titles(app: Flask, course_id: int) -> list[list[str]]:
    with app.app_context():
        outline = read_content(list_versions(course_id)[0].id)
        return [[one.title for one in part.lessons] for part in outline.sections]


def section_ids(app: Flask, course_id: int) -> list[int]:
    with app.app_context():
        return [part.id for part in read_content(list_versions(course_id)[0].id).sections]


def text(answer: TestResponse) -> str:
    return answer.get_data(as_text=True)


def seen(client: FlaskClient, address: str) -> str:
    """The row version that a form carries."""
    found = re.search(r'name="row_version"[^>]*value="(\d+)"', text(client.get(address)))
    assert found is not None
    return found[1]


def add(client: FlaskClient, app: Flask, course_id: int, kind: str, title: str) -> int:
    section = section_ids(app, course_id)[0]
    form = {"kind": kind, "title": title, "section_id": section}
    answer = client.post(url(course_id, "lessons/new"), data=form)
    assert answer.status_code == 302, text(answer)
    return lesson_ids(app, course_id)[title]


def save(client: FlaskClient, course_id: int, lesson_id: int, **said: object) -> TestResponse:
    address = url(course_id, "lessons", lesson_id, "edit")
    form = {
        "title": "课",
        "row_version": seen(client, address),
        "required": "y",
        "complete_at": "90",
    }
    return client.post(address, data=form | said)


def test_published_lessons_are_shown_and_a_draft_is_offered(
    bureau: FlaskClient, course: int
) -> None:
    page = text(bureau.get(url(course)))
    assert "什么是心理健康" in page
    assert f'action="{url(course, "draft")}"' in page
    assert "lessons/new" not in page


def test_a_course_begins_with_its_first_section(app: Flask, bureau: FlaskClient) -> None:
    with app.app_context():
        course = courses.make_course(status=CourseStatus.DRAFT).id
    assert url(course, "sections/new") in text(bureau.get(url(course)))
    made = bureau.post(url(course, "sections/new"), data={"title": "第一章"})
    assert made.status_code == 302
    add(bureau, app, course, "text", "第一课")
    assert titles(app, course) == [["第一课"]]


def test_from_a_draft_to_a_published_version(app: Flask, bureau: FlaskClient, course: int) -> None:
    draft(bureau, course)
    lesson = add(bureau, app, course, "text", "团体辅导")
    missing = text(bureau.get(url(course, "publish")))
    assert "团体辅导" in missing
    assert 'name="note"' not in missing
    assert (
        save(bureau, course, lesson, title="团体辅导", body="# 要点\n\n- 保密").status_code == 302
    )
    form = {"row_version": seen(bureau, url(course, "publish")), "note": "新增一课"}
    assert bureau.post(url(course, "publish"), data=form).status_code == 302
    page = text(bureau.get(url(course)))
    assert "新增一课" in page
    with app.app_context():
        assert [one.status.value for one in list_versions(course)] == ["published", "retired"]
    assert "团体辅导" not in text(bureau.get(url(course) + "?version=1"))
    assert bureau.get(url(course) + "?version=9").status_code == 404


def test_an_unready_version_is_refused_on_the_page(
    app: Flask, bureau: FlaskClient, course: int
) -> None:
    draft(bureau, course)
    add(bureau, app, course, "video", "示范课")
    answer = bureau.post(url(course, "publish"), data={})
    assert answer.status_code == 422
    assert "示范课" in text(answer)


def test_a_draft_is_thrown_away_after_a_word(app: Flask, bureau: FlaskClient, course: int) -> None:
    draft(bureau, course)
    page = text(bureau.get(url(course, "discard")))
    assert "2" in page
    form = {"row_version": seen(bureau, url(course, "discard"))}
    assert bureau.post(url(course, "discard"), data=form).status_code == 302
    with app.app_context():
        assert [one.number for one in list_versions(course)] == [1]
    assert bureau.get(url(course, "discard")).status_code == 404
    assert bureau.get(url(course, "publish")).status_code == 404


def test_every_kind_has_a_page_to_write_it(app: Flask, bureau: FlaskClient, course: int) -> None:
    draft(bureau, course)
    for kind in LessonKind:
        lesson = add(bureau, app, course, kind.value, f"一课{kind.value}")
        page = bureau.get(url(course, "lessons", lesson, "edit"))
        assert page.status_code == 200
        assert ('name="body"' in text(page)) is (kind not in {LessonKind.QUIZ, LessonKind.PACKAGE})
        assert ('name="address"' in text(page)) is (kind is LessonKind.LINK)
        assert ('name="file"' in text(page)) is (kind in {LessonKind.VIDEO, LessonKind.PDF})
        assert ('name="seek_ahead"' in text(page)) is (kind is LessonKind.VIDEO)


def test_a_text_is_previewed_without_being_saved_and_without_scripts_in_it(
    app: Flask, bureau: FlaskClient, course: int
) -> None:
    draft(bureau, course)
    lesson = lesson_ids(app, course)["情绪辅导"]
    body = "**要点** <script>alert(1)</script>"
    page = bureau.post(
        url(course, "lessons", lesson, "edit"),
        data={"title": "情绪辅导", "body": body, "preview": "1"},
    )
    assert page.status_code == 200
    assert "<strong>要点</strong> &lt;script&gt;" in text(page)
    part = bureau.post("/courses/content/text-preview", data={"body": body}, headers=HTMX)
    assert (
        text(part).strip() == "<p><strong>要点</strong> &lt;script&gt;alert(1)&lt;/script&gt;</p>"
    )
    with app.app_context():
        assert db.session.get_one(Lesson, lesson).body == "什么是心理健康。"


def test_what_must_come_before_is_chosen_and_a_circle_refused(
    app: Flask, bureau: FlaskClient, course: int
) -> None:
    draft(bureau, course)
    ids = lesson_ids(app, course)
    first, second = ids["什么是心理健康"], ids["情绪辅导"]
    said = {"title": "情绪辅导", "body": "文", "requires": [first]}
    assert save(bureau, course, second, **said).status_code == 302
    with app.app_context():
        edge = db.session.scalars(select(LessonPrerequisite)).one()
        assert (edge.lesson_id, edge.requires_id) == (second, first)
    assert "什么是心理健康" in text(bureau.get(url(course, "lessons", second, "edit")))
    refused = save(bureau, course, first, title="什么是心理健康", body="文", requires=[second])
    assert refused.status_code == 422
    assert "什么是心理健康 → 情绪辅导 → 什么是心理健康" in text(refused)
    assert save(bureau, course, second, title="情绪辅导", body="文").status_code == 302
    with app.app_context():
        assert db.session.scalars(select(LessonPrerequisite)).all() == []


def test_an_older_look_at_a_lesson_is_not_saved_over_a_newer_one(
    app: Flask, bureau: FlaskClient, course: int
) -> None:
    draft(bureau, course)
    lesson = lesson_ids(app, course)["情绪辅导"]
    old = seen(bureau, url(course, "lessons", lesson, "edit"))
    assert save(bureau, course, lesson, title="甲改的", body="甲").status_code == 302
    late = save(bureau, course, lesson, title="乙改的", body="乙的长文", row_version=old)
    assert late.status_code == 422
    assert "乙的长文" in text(late), "what was written is still there"
    assert "甲改的" in lesson_ids(app, course)


def test_published_lessons_cannot_be_written(app: Flask, bureau: FlaskClient, course: int) -> None:
    lesson = lesson_ids(app, course)["情绪辅导"]
    for act in ("edit", "remove"):
        address = url(course, "lessons", lesson, act)
        answer = bureau.post(address, data={"title": "改", "body": "改"})
        assert answer.status_code in {302, 422}
    bureau.post(url(course, "lessons", lesson, "move"), data={"step": "-1"})
    assert titles(app, course) == [["什么是心理健康", "情绪辅导"]]


def test_lessons_are_moved_by_buttons_with_and_without_scripts(
    app: Flask, bureau: FlaskClient, course: int
) -> None:
    draft(bureau, course)
    lesson = lesson_ids(app, course)["情绪辅导"]
    moved = bureau.post(url(course, "lessons", lesson, "move"), data={"step": "-1"})
    assert moved.location.endswith(f"#lesson-{lesson}")
    assert titles(app, course) == [["情绪辅导", "什么是心理健康"]]
    part = bureau.post(url(course, "lessons", lesson, "move"), data={"step": "1"}, headers=HTMX)
    assert 'id="outline"' in text(part)
    assert "<html" not in text(part)
    assert titles(app, course) == [["什么是心理健康", "情绪辅导"]]


def test_lessons_and_sections_are_dropped_at_a_place(
    app: Flask, bureau: FlaskClient, course: int
) -> None:
    draft(bureau, course)
    bureau.post(url(course, "sections/new"), data={"title": "第二章"})
    one, two = section_ids(app, course)
    ids = lesson_ids(app, course)
    move = url(course, "lessons", ids["什么是心理健康"], "move")
    bureau.post(move, data={"section": two, "before": ""}, headers=HTMX)
    assert titles(app, course) == [["情绪辅导"], ["什么是心理健康"]]
    bureau.post(move, data={"section": one, "before": ids["情绪辅导"]}, headers=HTMX)
    assert titles(app, course) == [["什么是心理健康", "情绪辅导"], []]
    bureau.post(url(course, "sections", two, "move"), data={"before": one}, headers=HTMX)
    assert titles(app, course) == [[], ["什么是心理健康", "情绪辅导"]]
    stale = bureau.post(move, data={"section": one, "before": 999}, headers=HTMX)
    assert stale.headers["HX-Redirect"].endswith("/content")
    assert titles(app, course) == [[], ["什么是心理健康", "情绪辅导"]]


def test_a_section_is_changed_and_removed_with_its_lessons_after_a_word(
    app: Flask, bureau: FlaskClient, course: int
) -> None:
    draft(bureau, course)
    [section] = section_ids(app, course)
    form = {"title": "新名", "summary": "概述"}
    assert bureau.post(url(course, "sections", section, "edit"), data=form).status_code == 302
    page = text(bureau.get(url(course, "sections", section, "remove")))
    assert "什么是心理健康" in page
    stale = bureau.post(url(course, "sections", section, "remove"), data={"lessons": "0"})
    assert stale.status_code == 422
    bureau.post(url(course, "sections", section, "remove"), data={"lessons": "2"})
    assert titles(app, course) == []
    assert bureau.get(url(course, "lessons/new")).status_code == 404


def test_a_video_comes_with_the_form_of_its_lesson(
    app: Flask, bureau: FlaskClient, course: int
) -> None:
    draft(bureau, course)
    lesson = add(bureau, app, course, "video", "示范课")
    data = make_movie(125)
    saved = save(bureau, course, lesson, title="示范课", file=(io.BytesIO(data), "示范课.mp4"))
    assert saved.status_code == 302, text(saved)
    with app.app_context():
        media = db.session.get_one(Lesson, lesson).media
        assert media is not None
        assert (media.file_name, float(media.seconds or 0)) == ("示范课.mp4", 125)
        media_id = media.id
    chosen = save(
        bureau, course, lesson, title="示范课", media_id=media_id, seek_ahead="y", complete_at="80"
    )
    assert chosen.status_code == 302
    with app.app_context():
        row = db.session.get_one(Lesson, lesson)
        assert (row.media_id, row.seek_ahead, row.complete_at) == (media_id, True, 80)


def test_a_file_of_a_wrong_kind_is_refused_beside_its_field(
    app: Flask, bureau: FlaskClient, course: int
) -> None:
    draft(bureau, course)
    lesson = add(bureau, app, course, "video", "示范课")
    for name, data in (("a.mp4", PDF), ("a.txt", b"x"), ("a.mp4", make_movie()[:-9])):
        refused = save(bureau, course, lesson, title="示范课", file=(io.BytesIO(data), name))
        assert refused.status_code == 422
        assert 'id="file-error"' in text(refused)
    pdf = save(bureau, course, lesson, title="示范课", file=(io.BytesIO(PDF), "a.pdf"))
    assert pdf.status_code == 422


def upload(client: FlaskClient, course_id: int, name: str, data: bytes) -> str:
    """The file in two pieces, as the page's script sends it; its token."""
    speaks = {"Tus-Resumable": "1.0.0"}

    def coded(words: str) -> str:
        return base64.b64encode(words.encode()).decode()

    said = f"filename {coded(name)},purpose {coded(f'course:{course_id}')}"
    headers = speaks | {"Upload-Length": str(len(data)), "Upload-Metadata": said}
    begun = client.post("/uploads/", headers=headers)
    assert begun.status_code == 201, text(begun)
    half = len(data) // 2
    for offset, piece in ((0, data[:half]), (half, data[half:])):
        sent = client.patch(
            begun.location,
            data=piece,
            headers=speaks | {"Upload-Offset": str(offset)},
            content_type="application/offset+octet-stream",
        )
        assert sent.status_code == 204
    return begun.location.rpartition("/")[2]


def test_a_video_that_came_in_pieces_is_used_once_and_kept_when_the_form_is_refused(
    app: Flask, bureau: FlaskClient, course: int
) -> None:
    draft(bureau, course)
    lesson = add(bureau, app, course, "video", "示范课")
    token = upload(bureau, course, "示范课.mp4", make_movie(60))
    sent = {"upload": token, "upload_name": "示范课.mp4"}
    refused = save(bureau, course, lesson, **({"title": ""} | sent))
    assert refused.status_code == 422
    assert f'name="upload" value="{token}"' in text(refused)
    assert save(bureau, course, lesson, title="示范课", **sent).status_code == 302
    again = save(bureau, course, lesson, title="示范课", **sent)
    assert again.status_code == 404
    with app.app_context():
        assert db.session.scalars(select(CourseMedia.file_name)).all() == ["示范课.mp4"]


def test_files_are_listed_added_and_removed_while_no_lesson_shows_them(
    app: Flask, bureau: FlaskClient, course: int
) -> None:
    address = f"/courses/{course}/files"
    assert bureau.get(address).status_code == 200
    token = upload(bureau, course, "讲义.pdf", PDF)
    assert bureau.post(address, data={"upload": token}).status_code == 302
    hevc = make_movie(60, codec=b"hvc1")
    added = bureau.post(address, data={"file": (io.BytesIO(hevc), "手机拍的.mp4")})
    assert added.status_code == 302
    page = text(bureau.get(address))
    assert "讲义.pdf" in page
    assert "HEVC" in page
    assert bureau.post(address, data={}).status_code == 422
    with app.app_context():
        ids = {one.file_name: one.id for one in db.session.scalars(select(CourseMedia))}
    draft(bureau, course)
    lesson = add(bureau, app, course, "pdf", "讲义")
    assert save(bureau, course, lesson, title="讲义", media_id=ids["讲义.pdf"]).status_code == 302
    refused = bureau.post(f"{address}/{ids['讲义.pdf']}/remove")
    assert refused.status_code == 422
    assert bureau.get(f"{address}/{ids['手机拍的.mp4']}/remove").status_code == 200
    assert bureau.post(f"{address}/{ids['手机拍的.mp4']}/remove").status_code == 302
    assert "手机拍的" not in text(bureau.get(address))


def test_who_teaches_writes_and_others_do_not(app: Flask, sign_in: SignIn, course: int) -> None:
    with app.app_context():
        row = db.session.get_one(courses.Course, course)
        trainer = courses.make_course_trainer(row).id
        stranger = make.make_account(Role.TRAINER, make.LINCANG).id
        county = make.make_account(Role.COUNTY, make.LINXIANG).id
        school = make.make_account(Role.SCHOOL, make.LINCANG).id
        away = make.make_account(Role.BUREAU, make.CHUXIONG).id
    assert sign_in(trainer).get(url(course)).status_code == 200
    for account, status in ((stranger, 404), (county, 404), (school, 403), (away, 404)):
        client = sign_in(account)
        assert client.get(url(course)).status_code == status
        assert client.post(url(course, "draft")).status_code == status
        assert client.get(f"/courses/{course}/files").status_code == status


def test_a_course_held_elsewhere_has_no_content_and_one_that_is_over_is_only_read(
    app: Flask, bureau: FlaskClient
) -> None:
    with app.app_context():
        external = courses.make_course(kind=CourseKind.EXTERNAL, platform="国家平台").id
        over = courses.make_course("结束的课", status=CourseStatus.ENDED)
        courses.make_lesson(courses.make_version(over))
        over_id = over.id
    assert bureau.get(url(external)).status_code == 404
    page = text(bureau.get(url(over_id)))
    assert url(over_id, "draft") not in page
    refused = bureau.post(url(over_id, "draft"), follow_redirects=True)
    assert refused.status_code == 200
    with app.app_context():
        assert len(list_versions(over_id)) == 1


def test_a_lesson_is_found_only_in_its_own_course(
    app: Flask, bureau: FlaskClient, course: int
) -> None:
    draft(bureau, course)
    ids = lesson_ids(app, course)
    [section] = section_ids(app, course)
    with app.app_context():
        other = courses.make_course("另一门").id
    for address in (
        url(other, "lessons", ids["情绪辅导"], "edit"),
        url(other, "lessons", ids["情绪辅导"], "remove"),
        url(other, "sections", section, "edit"),
    ):
        assert bureau.get(address).status_code == 404


def test_the_outline_costs_the_same_however_long_it_is(
    app: Flask,
    bureau: FlaskClient,
    course: int,
    count_queries: Callable[[Callable[[], object]], int],
) -> None:
    draft(bureau, course)
    with app.app_context():
        version = list_versions(course)[0].id
        first = db.session.scalars(select(Section.id).where(Section.version_id == version)).one()
        bank = courses.make_bank()
        courses.make_question(bank)
        bank_id = bank.id
        row = db.session.get_one(courses.CourseVersion, version)
        assert row.status is VersionStatus.DRAFT
        for kind in LessonKind:
            made = courses.make_lesson(row, kind, f"课{kind.value}")
            if kind is LessonKind.QUIZ:
                courses.make_quiz(made, bank)
    few = count_queries(lambda: bureau.get(url(course)))
    with app.app_context():
        row = db.session.get_one(courses.CourseVersion, version)
        for number in range(30):
            made = courses.make_lesson(row, LessonKind.QUIZ, f"测验{number}")
            courses.make_quiz(made, db.session.get_one(courses.QuestionBank, bank_id))
        db.session.add_all(
            LessonPrerequisite(lesson_id=made.id, requires_id=one)
            for one in db.session.scalars(
                select(Lesson.id).where(Lesson.section_id == first, Lesson.id != made.id)
            )
        )
        db.session.commit()
    assert count_queries(lambda: bureau.get(url(course))) == few
    assert few <= 9
