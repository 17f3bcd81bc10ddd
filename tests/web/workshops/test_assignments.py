"""Assignments: set by the trainer, handed in by the teacher, given to who marks."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock, files
from app.core.db import atomic, db
from app.domain.outbox.models import Notice
from app.domain.people.models import Person
from app.domain.workshops.models import Assignment, Submission
from app.domain.workshops.operations.assignments import AssignmentFacts, add_assignment
from app.domain.workshops.operations.results import publish_results
from tests import factories as make
from tests.grading_factories import Class, make_class, mark

SignIn = Callable[[int], FlaskClient]
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\nx"
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20
NOW = datetime(2023, 8, 17, 2, 0, tzinfo=UTC)


@pytest.fixture
def given(app: Flask) -> Class:
    with app.app_context():
        return make_class(2)


@pytest.fixture
def teacher(app: Flask, given: Class) -> int:
    """The account of the first of the class."""
    with app.app_context():
        return account_of(given, 0)


def account_of(given: Class, person: int) -> int:
    account_id: int = make.make_account("teacher", make.CHUXIONG).id
    with atomic():
        db.session.get_one(Person, given.people[person]).account_id = account_id
    return account_id


def set_work(app: Flask, given: Class, **facts: Any) -> int:
    with app.app_context(), atomic():
        return add_assignment(
            given.workshop_id,
            AssignmentFacts(**{"title": "个案报告", **facts}),
            actor=given.trainer,
        ).id


def url(given: Class, rest: str = "") -> str:
    return f"/workshops/{given.workshop_id}/{rest}"


def hand_in(
    client: FlaskClient, given: Class, work: int, data: bytes = PDF, name: str = "报告.pdf"
) -> Any:
    return client.post(
        url(given, f"assignments/{work}/hand-in"), data={"file": (io.BytesIO(data), name)}
    )


def submissions(app: Flask) -> list[Submission]:
    with app.app_context():
        return list(db.session.scalars(select(Submission).order_by(Submission.id)))


def test_setting_work_tells_everybody_with_a_seat(
    app: Flask, given: Class, teacher: int, sign_in: SignIn
) -> None:
    client = sign_in(given.trainer_id)
    form = {
        "title": "个案报告", "instructions": "不少于 800 字", "due_at": "2023-08-20T18:00",
        "accepts_late": "y", "criterion": str(given.criteria[1]),
    }  # fmt: skip
    assert client.get(url(given, "assignments/new")).status_code == 200
    page = client.post(url(given, "assignments/new"), data=form, follow_redirects=True).get_data(
        as_text=True
    )
    assert "2023-08-20 18:00" in page
    assert "不少于 800 字" in page
    with app.app_context():
        made = db.session.scalars(select(Assignment)).one()
        assert (made.due_at, made.accepts_late, made.criterion_id) == (
            datetime(2023, 8, 20, 10, 0, tzinfo=UTC), True, given.criteria[1],
        )  # fmt: skip
        kinds = db.session.scalars(select(Notice.kind).where(Notice.account_id == teacher))
        assert list(kinds) == ["workshops.assignment_set"]
    assert "0/2" in client.get(url(given, "assignments")).get_data(as_text=True)


def test_refuses_work_without_a_title(app: Flask, given: Class, sign_in: SignIn) -> None:
    form = {"title": " ", "criterion": "0"}
    assert (
        sign_in(given.trainer_id).post(url(given, "assignments/new"), data=form).status_code == 422
    )


def test_refuses_a_criterion_of_another_guide(app: Flask, given: Class, sign_in: SignIn) -> None:
    with app.app_context():
        other = make_class(1)
    form = {"title": "报告", "criterion": str(other.criteria[0])}
    assert (
        sign_in(given.trainer_id).post(url(given, "assignments/new"), data=form).status_code == 422
    )


def test_work_is_changed_and_a_change_meanwhile_is_noticed(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    work = set_work(app, given)
    client = sign_in(given.trainer_id)
    address = url(given, f"assignments/{work}/edit")
    form = {"title": "案例分析", "criterion": "0", "row_version": "1"}
    assert client.post(address, data=form).status_code == 302
    assert client.post(address, data={**form, "title": "又一个"}).status_code == 422
    with app.app_context():
        assert db.session.scalar(select(Assignment.title)) == "案例分析"


def test_work_nobody_handed_in_for_can_be_removed(
    app: Flask, given: Class, teacher: int, sign_in: SignIn
) -> None:
    empty, used = set_work(app, given), set_work(app, given)
    hand_in(sign_in(teacher), given, used)
    client = sign_in(given.trainer_id)
    assert client.post(url(given, f"assignments/{empty}/remove")).status_code == 302
    assert client.post(url(given, f"assignments/{used}/remove")).status_code == 409
    with app.app_context():
        assert list(db.session.scalars(select(Assignment.id))) == [used]


def test_work_is_handed_in_and_kept_sealed(
    app: Flask, given: Class, teacher: int, sign_in: SignIn
) -> None:
    work = set_work(app, given)
    client = sign_in(teacher)
    assert "个案报告" in client.get(url(given, "assignments")).get_data(as_text=True)
    assert hand_in(client, given, work).status_code == 302
    [made] = submissions(app)
    assert (made.file_name, made.content_type, made.size, made.late) == (
        "报告.pdf",
        "application/pdf",
        len(PDF),
        False,
    )
    assert files.load(made.file_key) == PDF
    assert "报告.pdf" in client.get(url(given, f"assignments/{work}/hand-in")).get_data(
        as_text=True
    )


def test_a_newer_file_counts_and_the_earlier_is_kept(
    app: Flask, given: Class, teacher: int, sign_in: SignIn
) -> None:
    work = set_work(app, given)
    client = sign_in(teacher)
    hand_in(client, given, work)
    hand_in(client, given, work, PNG, "改.png")
    first, second = submissions(app)
    assert (first.replaced_at, second.replaced_at) == (clock.now(), None)
    page = sign_in(given.trainer_id).get(url(given, f"assignments/{work}")).get_data(as_text=True)
    assert "报告.pdf" in page
    assert "改.png" in page
    assert "已交 1/2 人" in page
    assert "未交" in page


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"MZ\x90\0\x03", "作业.exe"),
        (b"MZ\x90\0\x03", "作业.pdf"),
        (PDF, "作业.png"),
        (b"<html><script>alert(1)</script>", "作业.html"),
        (b"<svg onload=alert(1)>", "作业.svg"),
        (PDF, "作业"),
        (b"", "作业.pdf"),
    ],
)
def test_refuses_a_file_of_a_kind_that_is_not_taken(
    app: Flask, given: Class, teacher: int, sign_in: SignIn, data: bytes, name: str
) -> None:
    work = set_work(app, given)
    assert hand_in(sign_in(teacher), given, work, data, name).status_code == 422
    assert submissions(app) == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("报<告>.pdf", "报_告_.pdf"),
    ],
)
def test_a_path_in_the_name_is_left_behind(
    app: Flask, given: Class, teacher: int, sign_in: SignIn, name: str, kept: str
) -> None:
    work = set_work(app, given)
    assert hand_in(sign_in(teacher), given, work, PDF, name).status_code == 302
    [made] = submissions(app)
    assert made.file_name == kept


def test_work_may_be_larger_than_what_other_pages_take(
    app: Flask, given: Class, teacher: int, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1024)
    work = set_work(app, given)
    data = PDF + b"x" * 2048
    assert hand_in(sign_in(teacher), given, work, data).status_code == 302
    other = sign_in(given.trainer_id).post(
        url(given, "grades/import"), data={"file": (io.BytesIO(data), "a.xlsx")}
    )
    assert other.status_code == 413


def test_what_exceeds_every_limit_is_refused_with_a_page_that_says_the_limit(
    app: Flask, given: Class, teacher: int, sign_in: SignIn
) -> None:
    work = set_work(app, given)
    answer = hand_in(sign_in(teacher), given, work, PDF + b"x" * (52 * 1024 * 1024))
    assert answer.status_code == 413
    assert "50 MB" in answer.get_data(as_text=True)
    other = sign_in(given.trainer_id).post(
        url(given, "grades/import"),
        data={"file": (io.BytesIO(b"x" * (22 * 1024 * 1024)), "a.xlsx")},
    )
    assert other.status_code == 413
    assert "20 MB" in other.get_data(as_text=True)


def test_the_page_tells_the_browser_what_is_too_large(
    app: Flask, given: Class, teacher: int, sign_in: SignIn
) -> None:
    work = set_work(app, given)
    page = sign_in(teacher).get(url(given, f"assignments/{work}/hand-in")).get_data(as_text=True)
    assert f'data-most="{50 * 1024 * 1024}"' in page
    sheet = sign_in(given.trainer_id).get(url(given, "grades/import")).get_data(as_text=True)
    assert f'data-most="{20 * 1024 * 1024}"' in sheet


def test_large_work_comes_back_as_it_was_alone_and_in_the_archive(
    app: Flask, given: Class, teacher: int, sign_in: SignIn
) -> None:
    work = set_work(app, given)
    data = PDF + bytes(range(256)) * 12_000
    assert hand_in(sign_in(teacher), given, work, data).status_code == 302
    [made] = submissions(app)
    trainer = sign_in(given.trainer_id)
    alone = trainer.get(url(given, f"submissions/{made.id}/file"))
    assert (alone.content_length, alone.data) == (len(data), data)
    packed = trainer.get(url(given, f"assignments/{work}/files.zip")).data
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        [name] = archive.namelist()
        assert archive.read(name) == data


def test_refuses_a_file_above_fifty_megabytes(
    app: Flask, given: Class, teacher: int, sign_in: SignIn
) -> None:
    work = set_work(app, given)
    answer = hand_in(sign_in(teacher), given, work, PDF + b"x" * (50 * 1024 * 1024))
    assert answer.status_code == 422
    assert "50 MB" in answer.get_data(as_text=True)
    assert submissions(app) == []


def test_late_work_is_marked_or_refused(
    app: Flask, given: Class, teacher: int, sign_in: SignIn
) -> None:
    past = NOW - timedelta(minutes=1)
    taken, refused = (
        set_work(app, given, due_at=past),
        set_work(app, given, due_at=past, accepts_late=False),
    )
    client = sign_in(teacher)
    assert hand_in(client, given, taken).status_code == 302
    assert hand_in(client, given, refused).status_code == 422
    [made] = submissions(app)
    assert (made.assignment_id, made.late) == (taken, True)


def test_a_refused_file_is_not_kept(
    app: Flask, given: Class, teacher: int, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = set_work(app, given, due_at=NOW - timedelta(minutes=1), accepts_late=False)
    kept: list[str] = []
    store, remove = files.store_stream, files.remove
    monkeypatch.setattr(files, "store_stream", lambda data: kept.append(store(data)) or kept[-1])
    monkeypatch.setattr(files, "remove", lambda key: (kept.remove(key), remove(key)))
    assert hand_in(sign_in(teacher), given, work).status_code == 422
    assert kept == []


def test_nothing_is_handed_in_once_the_result_is_published(
    app: Flask, given: Class, teacher: int, sign_in: SignIn
) -> None:
    work = set_work(app, given)
    with app.app_context():
        mark(given, 0, "85", "40")
        with atomic():
            publish_results(given.workshop_id, actor=given.trainer, leave_out=given.enrolments[1:])
    assert hand_in(sign_in(teacher), given, work).status_code == 422


def test_work_is_for_its_owner_and_who_marks(
    app: Flask, given: Class, teacher: int, sign_in: SignIn
) -> None:
    work = set_work(app, given)
    client = sign_in(teacher)
    hand_in(client, given, work)
    [made] = submissions(app)
    with app.app_context():
        classmate = account_of(given, 1)
        stranger = make.make_account("trainer", make.CHUXIONG).id
    address = url(given, f"submissions/{made.id}/file")
    own = client.get(address)
    assert (own.data, own.mimetype) == (PDF, "application/pdf")
    assert own.headers["Content-Disposition"].startswith("attachment;")
    assert own.headers["X-Content-Type-Options"] == "nosniff"
    marker = sign_in(given.trainer_id).get(address)
    assert "%E5%AD%A6%E5%91%98000_" in marker.headers["Content-Disposition"]
    assert sign_in(classmate).get(address).status_code == 404
    assert sign_in(stranger).get(address).status_code == 404


def test_all_work_comes_as_one_archive(
    app: Flask, given: Class, teacher: int, sign_in: SignIn
) -> None:
    work = set_work(app, given)
    with app.app_context():
        classmate = account_of(given, 1)
    hand_in(sign_in(teacher), given, work)
    hand_in(sign_in(teacher), given, work, PNG, "改.png")
    hand_in(sign_in(classmate), given, work)
    answer = sign_in(given.trainer_id).get(url(given, f"assignments/{work}/files.zip"))
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    names = sorted(name.rsplit("_", 1)[1] for name in archive.namelist())
    assert names == ["报告.pdf", "改.png"]
    assert all(name.startswith("学员00") for name in archive.namelist())


def test_who_is_not_in_the_workshop_hands_in_nothing(
    app: Flask, given: Class, sign_in: SignIn
) -> None:
    work = set_work(app, given)
    with app.app_context():
        stranger = make.make_account("teacher", make.CHUXIONG).id
    assert hand_in(sign_in(stranger), given, work).status_code == 404
    assert sign_in(stranger).get(url(given, "assignments")).status_code == 404
    assert submissions(app) == []


def test_work_of_another_workshop_is_not_found(
    app: Flask, given: Class, teacher: int, sign_in: SignIn
) -> None:
    with app.app_context():
        other = make_class(1)
    work = set_work(app, other)
    assert hand_in(sign_in(teacher), given, work).status_code == 404
    assert sign_in(given.trainer_id).get(url(given, f"assignments/{work}")).status_code == 404
