"""The log on pages: written and handed in by the trainee, read and signed by the mentor; nothing typed is lost."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.core.db import atomic, db
from app.domain.placements.models import (
    Cohort,
    CohortSeats,
    LogEntry,
    MentorLoad,
    PlacementFile,
)
from app.domain.placements.operations.entry_facts import EntryFacts
from app.domain.placements.operations.log import hand_in_entry, save_entry, start_entry
from app.domain.placements.operations.signing import sign_entry
from app.domain.placements.rules.words import ActivityKind, EntryStatus
from tests import factories
from tests.semester_factories import Term, add_trainee, make_term
from tests.web.workshops.test_teacher_pages import in_english

SignIn = Callable[[int], FlaskClient]
DAY = date(2023, 8, 17)


@pytest.fixture
def term(app: Flask) -> Term:
    with app.app_context():
        return make_term()


@pytest.fixture
def trainee(term: Term, sign_in: SignIn) -> FlaskClient:
    return in_english(sign_in(term.trainee.account_id))


@pytest.fixture
def mentor(term: Term, sign_in: SignIn) -> FlaskClient:
    return in_english(sign_in(term.guide.account_id))


def start(app: Flask, term: Term) -> int:
    with app.app_context(), atomic():
        return start_entry(term.id, DAY, actor=term.trainee).id


def handed_in(app: Flask, term: Term, content: str = "听课三节") -> int:
    entry_id = start(app, term)
    with app.app_context(), atomic():
        facts = EntryFacts(content, hours=Decimal(8))
        save_entry(entry_id, facts, placement_id=term.id, actor=term.trainee)
        hand_in_entry(entry_id, placement_id=term.id, actor=term.trainee, accept_warning=True)
    return entry_id


def entry_of(app: Flask, entry_id: int) -> LogEntry:
    with app.app_context():
        found = db.session.get_one(LogEntry, entry_id)
        assert found.activities is not None
        return found


def text(answer) -> str:
    return str(answer.get_data(as_text=True))


def form(page: str, **more: object) -> dict[str, object]:
    """What the page's form sends, as it was filled."""
    version = re.search(r'name="row_version"[^>]*value="(\d+)"', page)
    assert version
    return {"row_version": version[1], **more}


def test_a_trainee_begins_the_entry_of_this_week_and_finds_it_again(app, term, trainee):
    answer = trainee.post(f"/placements/{term.id}/log/new", data={"day": "2023-08-15"})
    with app.app_context():
        [entry] = db.session.query(LogEntry)
        assert (entry.begins_on, entry.ends_on) == (date(2023, 8, 14), date(2023, 8, 20))
        entry_id = entry.id
    address = f"/placements/{term.id}/log/{entry_id}/write"
    assert answer.location == address
    again = trainee.post(f"/placements/{term.id}/log/new", data={"day": "2023-08-17"})
    assert again.location == address


def test_a_day_in_the_future_is_refused_beside_its_field(term, trainee):
    answer = trainee.post(f"/placements/{term.id}/log/new", data={"day": "2023-08-28"})
    assert answer.status_code == 422
    assert "These days have not come yet" in text(answer)


def test_what_is_typed_is_saved_by_itself_and_the_version_goes_back(app, term, trainee):
    entry_id = start(app, term)
    address = f"/placements/{term.id}/log/{entry_id}"
    page = text(trainee.get(f"{address}/write"))
    answer = trainee.post(
        f"{address}/typed", data=form(page, content="小明同学很积极", hours="6.5")
    )
    kept = entry_of(app, entry_id)
    assert (kept.content, kept.hours, kept.status) == (
        "小明同学很积极",
        Decimal("6.5"),
        EntryStatus.DRAFT,
    )
    assert f'value="{kept.row_version}" hx-swap-oob="true"' in text(answer)
    assert "小明" in text(answer).split("Looks like")[1]


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        ({"content": "电话13900001234"}, 422, "13900001234"),
        ({"hours": "viel"}, 422, "Not saved yet"),
        ({"content": "x", "row_version": "99"}, 409, "Somebody else has changed this"),
    ],
)
def test_what_cannot_be_saved_by_itself_is_told(app, term, trainee, data, status, words):
    entry_id = start(app, term)
    address = f"/placements/{term.id}/log/{entry_id}/typed"
    answer = trainee.post(address, data={"row_version": "1"} | data)
    assert (answer.status_code, words in text(answer)) == (status, True)
    assert entry_of(app, entry_id).content == ""


def test_an_entry_with_lines_is_handed_in(app, term, trainee):
    entry_id = start(app, term)
    address = f"/placements/{term.id}/log/{entry_id}/write"
    page = text(trainee.get(address))
    lines = {
        "activities-0-kind": "observation",
        "activities-0-held_on": "2023-08-16",
        "activities-0-count": "3",
        "activities-0-topic": "情绪管理",
        "activities-1-kind": "",
        "activities-1-topic": "",
        "activities-2-kind": "lesson",
        "activities-2-topic": "认识自己",
    }
    data = form(page, content="听课三节", hours="8", act="hand_in", **lines)
    assert trainee.post(address, data=data).location == f"/placements/{term.id}/log"
    kept = entry_of(app, entry_id)
    assert kept.status is EntryStatus.HANDED_IN
    assert [(one.kind, one.held_on, one.count) for one in kept.activities] == [
        (ActivityKind.LESSON, date(2023, 8, 14), 1),
        (ActivityKind.OBSERVATION, date(2023, 8, 16), 3),
    ]


def test_a_line_without_a_kind_is_told_and_what_was_typed_stays(app, term, trainee):
    entry_id = start(app, term)
    address = f"/placements/{term.id}/log/{entry_id}/write"
    data = form(text(trainee.get(address)), content="长文", **{"activities-0-topic": "沙盘"})
    answer = trainee.post(address, data=data)
    assert answer.status_code == 422
    assert "Say of which kind each line is" in text(answer)
    assert "长文" in text(answer)
    assert 'value="沙盘"' in text(answer)


def test_another_line_saves_what_was_typed_first(app, term, trainee):
    entry_id = start(app, term)
    address = f"/placements/{term.id}/log/{entry_id}/write"
    answer = trainee.post(address, data=form(text(trainee.get(address)), content="写", act="add"))
    assert answer.location == f"{address}?add=1#activities"
    assert entry_of(app, entry_id).content == "写"


def test_a_pupils_name_is_warned_of_and_the_trainee_may_go_on(app, term, trainee):
    entry_id = start(app, term)
    address = f"/placements/{term.id}/log/{entry_id}/write"
    data = form(text(trainee.get(address)), content="学生张某某来访", hours="2", act="hand_in")
    warned = trainee.post(address, data=data)
    assert warned.status_code == 422
    assert "张某某" in text(warned)
    assert entry_of(app, entry_id).status is EntryStatus.DRAFT
    data = form(text(warned), content="学生张某某来访", hours="2", act="hand_in")
    assert trainee.post(address, data=data | {"accept_warning": "yes"}).status_code == 302
    assert entry_of(app, entry_id).warned


def test_the_mentor_signs_while_the_trainee_writes_and_nothing_is_lost(app, term, trainee):
    entry_id = handed_in(app, term)
    address = f"/placements/{term.id}/log/{entry_id}/write"
    page = text(trainee.get(address))
    with app.app_context(), atomic():
        sign_entry(entry_id, placement_id=term.id, actor=term.guide)
    answer = trainee.post(address, data=form(page, content="听课三节，又补充了一段", hours="8"))
    assert answer.status_code == 422
    assert "Signed meanwhile" in text(answer)
    assert "又补充了一段" in text(answer)
    assert entry_of(app, entry_id).content == "听课三节"


def test_what_was_changed_on_another_phone_is_shown_and_may_be_replaced(app, term, trainee):
    entry_id = start(app, term)
    address = f"/placements/{term.id}/log/{entry_id}/write"
    page = text(trainee.get(address))
    trainee.post(address, data=form(page, content="另一部手机写的"))
    answer = trainee.post(address, data=form(page, content="这里写的"))
    shown = text(answer)
    assert (answer.status_code, "这里写的" in shown, "另一部手机写的" in shown) == (422, True, True)
    instead = re.search(r'name="instead" value="(\d+)"', shown)
    assert instead
    data = form(shown, content="这里写的", instead=instead[1])
    assert trainee.post(address, data=data).status_code == 302
    assert entry_of(app, entry_id).content == "这里写的"


def photo() -> io.BytesIO:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "green").save(out, "JPEG")
    out.seek(0)
    return out


def test_photos_are_added_with_what_was_typed_shown_and_taken_away(app, term, trainee, mentor):
    entry_id = start(app, term)
    address = f"/placements/{term.id}/log/{entry_id}/write"
    data = form(text(trainee.get(address)), content="写了", act="files")
    answer = trainee.post(
        address,
        data=data | {"file": [(photo(), "课堂.jpg"), (photo(), "板书.jpg")]},
        content_type="multipart/form-data",
    )
    assert answer.location == f"{address}#files"
    assert entry_of(app, entry_id).content == "写了"
    page = text(trainee.get(address))
    [first, second] = re.findall(rf'<img src="(/placements/{term.id}/files/\d+)"', page)
    shown = trainee.get(first)
    assert (shown.content_type, shown.data[:3]) == ("image/jpeg", b"\xff\xd8\xff")
    assert "attachment" in shown.headers["Content-Disposition"]
    assert mentor.get(first).status_code == 404  # a draft is the trainee's own
    number = second.rpartition("/")[2]
    trainee.post(address, data=form(page, content="写了", act=f"remove-{number}"))
    assert second not in text(trainee.get(address))
    with app.app_context():
        assert db.session.get_one(PlacementFile, int(number)).removed_at is not None


def test_a_forbidden_file_is_refused_and_what_was_typed_is_kept(app, term, trainee):
    entry_id = start(app, term)
    address = f"/placements/{term.id}/log/{entry_id}/write"
    data = form(text(trainee.get(address)), content="写了", act="files")
    answer = trainee.post(
        address,
        data=data | {"file": (io.BytesIO(b"MZ\x90"), "virus.exe")},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "This kind of file is not taken" in text(answer)
    assert entry_of(app, entry_id).content == "写了"


def test_a_draft_is_thrown_away(app, term, trainee):
    entry_id = start(app, term)
    trainee.post(f"/placements/{term.id}/log/{entry_id}/discard")
    assert trainee.get(f"/placements/{term.id}/log/{entry_id}").status_code == 404


def test_a_mentor_reads_comments_signs_and_comes_to_the_page_of_trainees(app, term, mentor):
    entry_id = handed_in(app, term)
    front = text(mentor.get("/placements/"))
    assert "Waits for your signature" in front
    address = f"/placements/{term.id}/log/{entry_id}"
    page = text(mentor.get(address))
    answer = mentor.post(f"{address}/answer", data=form(page, comment="很好", act="sign"))
    assert answer.location == "/placements/mentoring"
    kept = entry_of(app, entry_id)
    assert (kept.status, kept.mentor_comment) == (EntryStatus.SIGNED, "很好")
    mentor.post(f"{address}/reopen", data={"reason": "学时有误"})
    assert entry_of(app, entry_id).status is EntryStatus.SENT_BACK


def test_sending_back_needs_a_reason(app, term, mentor):
    entry_id = handed_in(app, term)
    address = f"/placements/{term.id}/log/{entry_id}"
    data = form(text(mentor.get(address)), comment="", act="send_back")
    answer = mentor.post(f"{address}/answer", data=data)
    assert (answer.status_code, "Give a reason." in text(answer)) == (422, True)
    mentor.post(f"{address}/answer", data=data | {"comment": "补充反思"})
    assert entry_of(app, entry_id).status is EntryStatus.SENT_BACK


def test_an_entry_changed_since_it_was_read_is_shown_again_before_it_is_signed(app, term, mentor):
    entry_id = handed_in(app, term)
    address = f"/placements/{term.id}/log/{entry_id}"
    page = text(mentor.get(address))
    with app.app_context(), atomic():
        facts = EntryFacts("改过的内容", hours=Decimal(8))
        save_entry(entry_id, facts, placement_id=term.id, actor=term.trainee)
    data = form(page, comment="我的评语", act="sign")
    answer = mentor.post(f"{address}/answer", data=data)
    shown = text(answer)
    assert (answer.status_code, "改过的内容" in shown, "我的评语" in shown) == (422, True, True)
    assert entry_of(app, entry_id).status is EntryStatus.HANDED_IN
    mentor.post(f"{address}/answer", data=form(shown, comment="我的评语", act="sign"))
    assert entry_of(app, entry_id).status is EntryStatus.SIGNED


def test_several_are_signed_from_the_list(app, term, mentor):
    entry_id = handed_in(app, term)
    page = text(mentor.get("/placements/mentoring"))
    [chosen] = re.findall(r'name="entry" value="([\d.]+)"', page)
    mentor.post("/placements/mentoring/sign", data={"entry": chosen})
    assert entry_of(app, entry_id).status is EntryStatus.SIGNED
    assert mentor.post("/placements/mentoring/sign", data={"entry": "x.1"}).status_code == 400
    assert mentor.post("/placements/mentoring/sign", data={"entry": "987654.1"}).status_code == 404


def test_the_page_of_trainees_takes_as_many_statements_for_many(app, term, mentor, count_queries):
    handed_in(app, term)
    few = count_queries(lambda: mentor.get("/placements/mentoring"))
    with app.app_context():
        with atomic():
            [seats], [load] = db.session.query(CohortSeats), db.session.query(MentorLoad)
            seats.seats = load.trainee_limit = 20
        for number in range(8):
            placement, actor = add_trainee(
                db.session.get_one(Cohort, seats.cohort_id),
                seats,
                load.mentor,
                f"学员{number}",
                f"teacher-{number}",
            )
            with atomic():
                entry = start_entry(placement.id, DAY, actor=actor)
                facts = EntryFacts("听课", hours=Decimal(8))
                save_entry(entry.id, facts, placement_id=placement.id, actor=actor)
                hand_in_entry(entry.id, placement_id=placement.id, actor=actor)
    many = count_queries(lambda: mentor.get("/placements/mentoring"))
    assert many == few


def test_what_is_due_stands_on_the_front_page_and_in_the_calendar(term, trainee):
    page = text(trainee.get("/placements/"))
    assert "2023-08-07 – 08-13" in page
    assert "overdue" in page
    assert "Mid-term appraisal" in page
    calendar = text(trainee.get("/calendar/"))
    assert "Log entry due: 2023-08-14 – 2023-08-20" in calendar
    assert text(trainee.get("/placements/mine")).count("2023-08-07 – 08-13") == 1


def test_a_teacher_without_a_placement_is_told_how_one_comes_to_it(app, sign_in):
    with app.app_context():
        account_id = factories.make_account("teacher", factories.LINCANG).id
    page = text(in_english(sign_in(account_id)).get("/placements/"))
    assert "You have no placement" in page
