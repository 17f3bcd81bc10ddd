"""Pages of a quiz: its conditions, an attempt with and without scripts, handing in, the result, marking, its figures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.core import clock
from app.core.db import atomic, db
from app.domain.accounts.rules import Role
from app.domain.courses.models import (
    AttemptItem,
    CourseEnrolment,
    Lesson,
    LessonProgress,
    QuestionBank,
    QuizAttempt,
)
from app.domain.courses.queries.quizzes import draws_of, find_quiz, load_items
from app.domain.courses.rules.quizzes import Draw
from app.domain.courses.rules.words import (
    AnswersShown,
    AttemptStatus,
    LessonKind,
    QuestionKind,
    VersionStatus,
)
from tests import course_factories as courses
from tests import factories as make
from tests.conftest import TODAY

SignIn = Callable[[int], FlaskClient]


@dataclass(frozen=True)
class Given:
    """A learner and a trainer of a course with a quiz of one question of each kind."""

    course_id: int
    lesson_id: int
    learner: FlaskClient
    trainer: FlaskClient

    @property
    def quiz(self) -> str:
        return f"/courses/{self.course_id}/lessons/{self.lesson_id}/quiz"

    def start(self) -> str:
        """The address of the attempt that is begun."""
        answer = self.learner.post(f"{self.quiz}/start")
        assert answer.status_code == 302, answer.text
        return str(answer.location)


KINDS: dict[QuestionKind, dict[str, Any]] = {
    QuestionKind.SINGLE: {"stem": "单选", "answer": (0,)},
    QuestionKind.MULTIPLE: {"stem": "多选", "answer": (0, 1)},
    QuestionKind.TRUE_FALSE: {"stem": "判断", "options": (), "answer": (True,)},
    QuestionKind.FILL_IN: {"stem": "____与____", "options": (), "answer": (["甲"], ["乙"])},
    QuestionKind.SHORT_ANSWER: {"stem": "简答", "options": (), "answer": ("参考要点",)},
}


def build(app: Flask, sign_in: SignIn, *kinds: QuestionKind, **conditions: Any) -> Given:
    with app.app_context():
        course = courses.make_course()
        lesson = courses.make_lesson(courses.make_version(course), LessonKind.QUIZ, "结业测验")
        bank = courses.make_bank()
        for kind in kinds:
            courses.make_question(bank, kind, **KINDS[kind])
        courses.make_quiz(lesson, bank, len(kinds), **conditions)
        learner = courses.make_learner_account(courses.make_learner(course))
        trainer = courses.make_course_trainer(course)
        ids = course.id, lesson.id, learner.id, trainer.id
    return Given(ids[0], ids[1], sign_in(ids[2]), sign_in(ids[3]))


@pytest.fixture
def given(app: Flask, sign_in: SignIn) -> Given:
    return build(app, sign_in, *KINDS)


def answers_of(app: Flask) -> dict[str, Any]:
    """By question: what is kept."""
    with app.app_context():
        items = db.session.scalars(select(AttemptItem)).all()
        return {item.revision.stem: item.answer for item in items}


def form(app: Flask, **said: list[str]) -> dict[str, Any]:
    """The fields of the plain form: what is said for the question with this stem, the number shown for every one."""
    data: dict[str, Any] = {}
    with app.app_context():
        attempt = db.session.scalars(select(QuizAttempt)).one()
        for item in load_items(attempt.id):
            data[f"n-{item.position}"] = str(item.saved_number)
            answer = said.get(item.revision.stem)
            if answer is not None and item.order:
                answer = [str(item.order.index(int(place))) for place in answer]
            if answer is not None:
                data[f"a-{item.position}"] = answer
    return data


def position(app: Flask, stem: str) -> int:
    with app.app_context():
        return next(
            item.position
            for item in db.session.scalars(select(AttemptItem))
            if item.revision.stem == stem
        )


ALL = {
    "单选": ["0"],
    "多选": ["0", "1"],
    "判断": ["1"],
    "____与____": ["甲", "乙"],
    "简答": ["我的\r\n看法"],
}


def test_a_quiz_is_taken_without_scripts(app: Flask, given: Given) -> None:
    lesson = given.learner.get(f"/courses/{given.course_id}/lessons/{given.lesson_id}")
    assert "开始测验" in lesson.text
    address = given.start()
    page = given.learner.get(address).text
    assert page.count("<fieldset") == 5
    assert "参考要点" not in page
    data = form(app, **ALL) | {"go": "hand-in"}
    data.pop(f"a-{position(app, '判断')}")
    answer = given.learner.post(address, data=data)
    assert answer.location == f"{address}/hand-in"
    assert "还有 1 道题未作答" in given.learner.get(answer.location).text
    given.learner.post(address, data=form(app, **ALL) | {"go": "hand-in"})
    assert "所有题目都已作答" in given.learner.get(answer.location).text
    assert answers_of(app)["简答"] == ["我的\n看法"]
    done = given.learner.post(f"{address}/submit")
    assert done.location == f"{address}/result"
    assert "简答题由教师评阅" in given.learner.get(done.location).text
    assert given.learner.get(address).location == f"{address}/result"
    assert given.learner.get(f"{address}/hand-in").location == f"{address}/result"


def test_who_goes_on_later_finds_what_was_saved(app: Flask, given: Given) -> None:
    address = given.start()
    answer = given.learner.post(address, data=form(app, 判断=["0"]) | {"go": "later"})
    assert answer.location == f"/courses/{given.course_id}/lessons/{given.lesson_id}"
    assert "继续第 1 次作答" in given.learner.get(answer.location).text
    assert given.start() == address
    assert 'value="0" checked' in given.learner.get(address).text


def test_answers_are_saved_in_the_background(app: Flask, given: Given) -> None:
    address = f"{given.start()}/answers"
    place = str(position(app, "判断"))

    def send(answer: Any, number: int) -> Any:
        body = {"answers": {place: {"answer": answer, "number": number}}}
        return given.learner.post(address, json=body).json

    assert send([True], 12) == {
        "saved": [{"position": int(place), "kept": True, "number": 12, "answer": [True]}]
    }
    assert send([False], 7)["saved"][0] == {
        "position": int(place), "kept": False, "number": 12, "answer": [True]
    }  # fmt: skip
    assert answers_of(app)["判断"] == [True]


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        {},
        {"answers": {}},
        {"answers": {"x": {"answer": [True], "number": 1}}},
        {"answers": {"1": [True]}},
        {"answers": {"1": {"answer": [True]}}},
        {"answers": {"1": {"answer": [True], "number": "1"}}},
        {"answers": {"1": {"answer": [True], "number": -1}}},
        {"answers": {"1": {"answer": "<script>", "number": 1}}},
        {"answers": {"1": {"answer": ["\ud800"], "number": 1}}},
        {"answers": {"99": {"answer": [True], "number": 1}}},
        {"answers": {str(n): {"answer": [True], "number": 1} for n in range(300)}},
    ],
)
def test_what_is_no_answer_is_told_as_json(given: Given, body: Any) -> None:
    answer = given.learner.post(f"{given.start()}/answers", json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "not_an_answer")


def test_after_its_time_the_page_tells_and_the_result_stands(app: Flask, sign_in: SignIn) -> None:
    given = build(app, sign_in, QuestionKind.TRUE_FALSE, minutes=10)
    address = given.start()
    given.learner.post(address, data=form(app, 判断=["1"]))
    with clock.frozen(TODAY + timedelta(minutes=10)):
        assert "作答时间已到" in given.learner.get(address).text
        late = given.learner.post(address, data=form(app, 判断=["0"]))
        assert late.location == f"{address}/hand-in"
        assert "查看结果" in given.learner.get(late.location).text
        body = {"answers": {"1": {"answer": [False], "number": 999}}}
        told = given.learner.post(f"{address}/answers", json=body)
        assert (told.status_code, told.json["code"]) == (409, "time_over")
        given.learner.post(f"{address}/submit")
        assert "100 %" in given.learner.get(f"{address}/result").text
    assert answers_of(app)["判断"] == [True]


def test_a_quiz_handed_in_twice_has_the_first_result(app: Flask, sign_in: SignIn) -> None:
    given = build(app, sign_in, QuestionKind.TRUE_FALSE)
    address = given.start()
    given.learner.post(address, data=form(app, 判断=["1"]))
    for _time in range(2):
        assert given.learner.post(f"{address}/submit").status_code == 302
    assert given.learner.post(address, data=form(app, 判断=["0"])).location == f"{address}/result"
    with app.app_context():
        assert db.session.scalars(select(QuizAttempt.marks)).all() == [1]
        assert db.session.scalars(select(LessonProgress.score)).all() == [100]


@pytest.mark.parametrize(
    ("shown", "first", "second"),
    [
        (AnswersShown.AFTER_ATTEMPT, True, True),
        (AnswersShown.AFTER_PASSING, False, True),
        (AnswersShown.NEVER, False, False),
    ],
)
def test_right_answers_are_shown_as_the_quiz_says(
    app: Flask, sign_in: SignIn, shown: AnswersShown, first: bool, second: bool
) -> None:
    given = build(app, sign_in, QuestionKind.TRUE_FALSE, answers_shown=shown)
    failed = given.start()
    given.learner.post(f"{failed}/submit")
    assert ("正确答案：" in given.learner.get(f"{failed}/result").text) is first
    assert "正确答案：" in given.trainer.get(f"{failed}/result").text
    passed = given.start()
    body = {"answers": {"1": {"answer": [True], "number": 1}}}
    given.learner.post(f"{passed}/answers", json=body)
    given.learner.post(f"{passed}/submit")
    assert ("正确答案：" in given.learner.get(f"{passed}/result").text) is second
    assert ("正确答案：" in given.learner.get(f"{failed}/result").text) is second


def test_an_attempt_is_nobody_elses(app: Flask, sign_in: SignIn, given: Given) -> None:
    address = given.start()
    with app.app_context():
        course = db.session.scalars(select(CourseEnrolment)).one().course
        other = courses.make_learner_account(courses.make_learner(course)).id
        school = make.make_account(Role.SCHOOL, course.organiser).id
    stranger = sign_in(other)
    body = {"answers": {"1": {"answer": [0], "number": 1}}}
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}/answers", json=body).status_code == 404
    assert stranger.post(f"{address}/submit").status_code == 404
    assert sign_in(school).get(f"{address}/result").status_code == 404
    assert given.trainer.get(f"{address}/result").status_code == 404  # still under way
    elsewhere = address.replace(f"lessons/{given.lesson_id}/", "lessons/987654/")
    assert given.learner.get(elsewhere).status_code == 404


def test_used_attempts_are_told(app: Flask, sign_in: SignIn) -> None:
    given = build(app, sign_in, QuestionKind.TRUE_FALSE, attempts=1)
    given.learner.post(f"{given.start()}/submit")
    lesson = given.learner.get(f"/courses/{given.course_id}/lessons/{given.lesson_id}").text
    assert "作答次数已用完" in lesson
    assert "再做一次" not in lesson
    assert given.learner.post(f"{given.quiz}/start").status_code == 409


# ---- marking ------------------------------------------------------------------------------------


def hand_in(app: Flask, given: Given) -> tuple[str, int]:
    """The address of an attempt handed in, and the id of its short answer."""
    address = given.start()
    given.learner.post(address, data=form(app, **ALL))
    given.learner.post(f"{address}/submit")
    with app.app_context():
        waiting = select(AttemptItem.id).where(AttemptItem.marks.is_(None))
        return address, db.session.scalars(waiting).one()


def test_a_trainer_marks_short_answers(app: Flask, given: Given) -> None:
    address, item_id = hand_in(app, given)
    queue = f"/courses/{given.course_id}/marking/answers"
    page = given.trainer.get(queue).text
    assert "我的" in page
    assert "参考要点" in page
    assert "1 份作答待评阅" in page
    data = {f"marks-{item_id}": "1", f"feedback-{item_id}": "很好"}
    assert given.trainer.post(queue, data=data).location == queue
    assert "没有待评阅的作答" in given.trainer.get(queue).text
    result = given.learner.get(f"{address}/result").text
    assert "100 %" in result
    assert "很好" in result


@pytest.mark.parametrize(
    ("text", "told"),
    [("2", "0 到 1 之间"), ("好", "这不是数字"), ("", "至少给一份"), ("NaN", "这不是数字")],
)
def test_marks_that_cannot_be_are_refused_and_what_was_typed_stays(
    app: Flask, given: Given, text: str, told: str
) -> None:
    _address, item_id = hand_in(app, given)
    data = {f"marks-{item_id}": text, f"feedback-{item_id}": "评语在此"}
    answer = given.trainer.post(f"/courses/{given.course_id}/marking/answers", data=data)
    assert answer.status_code == 422
    assert told in answer.text
    assert "评语在此" in answer.text


def test_only_who_teaches_sees_the_queue(app: Flask, sign_in: SignIn, given: Given) -> None:
    with app.app_context():
        other = courses.make_course_trainer(courses.make_course("另一门")).id
    queue = f"/courses/{given.course_id}/marking/answers"
    assert sign_in(other).get(queue).status_code == 404
    assert given.learner.get(queue).status_code == 403


def test_a_trainer_corrects_marks_on_the_result(app: Flask, sign_in: SignIn) -> None:
    given = build(app, sign_in, QuestionKind.TRUE_FALSE)
    address = given.start()
    given.learner.post(f"{address}/submit")
    assert "修改得分" not in given.learner.get(f"{address}/result").text
    assert "修改得分" in given.trainer.get(f"{address}/result").text
    data = {"position": "1", "seen": "0", "marks": "1", "reason": "题目有误"}
    for wrong, told in ((data | {"reason": ""}, "请填写原因"), (data | {"marks": "x"}, "不是数字")):
        answer = given.trainer.post(f"{address}/correct", data=wrong, follow_redirects=True)
        assert told in answer.text
    answer = given.trainer.post(f"{address}/correct", data=data, follow_redirects=True)
    assert "100 %" in answer.text
    assert given.learner.post(f"{address}/correct", data=data).status_code == 403


# ---- conditions ---------------------------------------------------------------------------------


@pytest.fixture
def drafted(app: Flask, sign_in: SignIn) -> tuple[FlaskClient, str, int]:
    """An officer, the address of the conditions of a draft's quiz, and a bank with two questions."""
    with app.app_context():
        version = courses.make_version(courses.make_course(), VersionStatus.DRAFT)
        lesson = courses.make_lesson(version, LessonKind.QUIZ)
        bank = courses.make_bank()
        for topic in ("伦理", "危机"):
            courses.make_question(bank, topic=topic)
        account_id = make.make_account(Role.BUREAU, make.LINCANG).id
        address = f"/courses/{version.course_id}/content/lessons/{lesson.id}/quiz"
        bank_id = bank.id
    return sign_in(account_id), address, bank_id


def wanted(*lines: tuple[str, str, str], **conditions: str) -> dict[str, Any]:
    data: dict[str, Any] = {"pass_percent": "80", "answers_shown": "never"} | conditions
    names = ("source", "count", "marks")
    return data | {name: [line[place] for line in lines] for place, name in enumerate(names)}


def test_conditions_are_set_without_scripts(
    app: Flask, drafted: tuple[FlaskClient, str, int]
) -> None:
    client, address, bank_id = drafted
    assert "抽题设置" in client.get(address).text
    more = client.post(address, data=wanted((f"{bank_id}:伦理", "1", "2.5")) | {"more": "1"})
    assert more.text.count('name="source"') == 6
    data = wanted(
        (f"{bank_id}:伦理", "1", "2.5"), (str(bank_id), "1", "1"), ("", "", ""), minutes="30"
    )
    assert client.post(address, data=data).location == address
    with app.app_context():
        quiz = find_quiz(db.session.scalars(select(Lesson.id)).one())
        assert quiz is not None
        assert draws_of(quiz) == [
            Draw(bank_id, "伦理", 1, Decimal("2.5")),
            Draw(bank_id, None, 1, Decimal(1)),
        ]
        assert (quiz.attempts, quiz.minutes, quiz.pass_percent) == (None, 30, 80)
        assert (quiz.answers_shown, quiz.shuffles) == (AnswersShown.NEVER, False)
    assert 'value="2.5"' in client.get(address).text
    assert client.get(f"{address}/preview").text.count("<fieldset") == 2


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (("{bank}", "3", "1"), "只剩 2 道题可抽"),
        (("{bank}:危机", "2", "1"), "只剩 1 道题可抽"),
        (("{bank}", "", "1"), "第 1 行"),
        (("{bank}", "1", "x"), "第 1 行"),
        (("", "1", "1"), "第 1 行"),
        (("{bank}", "1", "0"), "分值大于 0"),
    ],
)
def test_draws_that_cannot_be_are_refused(
    drafted: tuple[FlaskClient, str, int], line: tuple[str, str, str], told: str
) -> None:
    client, address, bank_id = drafted
    filled = (line[0].format(bank=bank_id), line[1], line[2])
    answer = client.post(address, data=wanted(filled))
    assert answer.status_code == 422
    assert told in answer.text


def test_a_quiz_without_questions_is_refused(drafted: tuple[FlaskClient, str, int]) -> None:
    client, address, _bank_id = drafted
    answer = client.post(address, data=wanted())
    assert answer.status_code == 422
    assert "至少填写一行" in answer.text


def test_a_published_quiz_shows_its_conditions_only(given: Given) -> None:
    address = f"/courses/{given.course_id}/content/lessons/{given.lesson_id}/quiz"
    page = given.trainer.get(address)
    assert "已发布，不能修改" in page.text
    assert 'name="source"' not in page.text
    assert given.trainer.post(address, data=wanted(("1", "1", "1"))).status_code == 422


def test_figures_are_shown_from_marked_attempts(app: Flask, sign_in: SignIn) -> None:
    given = build(app, sign_in, QuestionKind.TRUE_FALSE)
    address = f"/courses/{given.course_id}/content/lessons/{given.lesson_id}/quiz/items"
    assert "还没有已出分的作答" in given.trainer.get(address).text
    given.learner.post(f"{given.start()}/submit")
    page = given.trainer.get(address).text
    assert "作答人数太少" in page
    assert "0.00" in page


def test_an_attempt_asks_the_database_as_often_for_many_questions(
    app: Flask, sign_in: SignIn, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    counts = []
    for number in (1, 30):
        with app.app_context():
            course = courses.make_course(f"课程{number}")
            lesson = courses.make_lesson(courses.make_version(course), LessonKind.QUIZ)
            bank: QuestionBank = courses.make_bank(title=f"题库{number}")
            for _question in range(number):
                courses.make_question(bank)
            courses.make_quiz(lesson, bank, number)
            account = courses.make_learner_account(courses.make_learner(course)).id
            quiz = f"/courses/{course.id}/lessons/{lesson.id}/quiz"
        client = sign_in(account)
        address = client.post(f"{quiz}/start").location
        client.get(address)
        counts.append(count_queries(lambda at=address, who=client: who.get(at)))  # type: ignore[misc]
    assert counts[0] == counts[1]
    assert counts[0] <= 8


def test_an_overdue_attempt_says_so_on_the_lesson(app: Flask, sign_in: SignIn) -> None:
    given = build(app, sign_in, QuestionKind.TRUE_FALSE, minutes=5)
    given.start()
    lesson = f"/courses/{given.course_id}/lessons/{given.lesson_id}"
    assert "截止时间" in given.learner.get(lesson).text
    with clock.frozen(TODAY + timedelta(minutes=6)):
        assert "作答时间已到" in given.learner.get(lesson).text
        given.start()
    with app.app_context(), atomic():
        statuses = db.session.scalars(select(QuizAttempt.status).order_by(QuizAttempt.id)).all()
    assert statuses == [AttemptStatus.MARKED, AttemptStatus.RUNNING]


@pytest.mark.parametrize("body", ["[" * 100_000, '{"answers":' * 20_000, "\xff", '{"answers"'])
def test_what_cannot_be_read_is_told_as_json(given: Given, body: str) -> None:
    answer = given.learner.post(
        f"{given.start()}/answers", data=body.encode("latin-1"), content_type="application/json"
    )
    assert (answer.status_code, answer.json["code"]) == (422, "not_an_answer")


def test_who_answers_in_their_own_words_is_told_to_name_no_pupil(given: Given) -> None:
    assert given.learner.get(given.start()).text.count("学生A") == 1


def test_half_a_character_never_reaches_who_marks(app: Flask, sign_in: SignIn) -> None:
    given = build(app, sign_in, QuestionKind.SHORT_ANSWER)
    body = {"answers": {"1": {"answer": ["\ud800"], "number": 1}}}
    answer = given.learner.post(f"{given.start()}/answers", json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "not_an_answer")
