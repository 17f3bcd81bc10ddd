"""Order, prerequisites and what is missing, with plain values."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.domain.courses.rules.content import (
    LessonState,
    fault,
    faults_of_version,
    find_circle,
    is_web_address,
    placed,
    stepped,
)
from app.domain.courses.rules.words import LessonKind


def state(
    kind: LessonKind = LessonKind.TEXT, *, required: bool = True, **what: object
) -> LessonState:
    return LessonState(kind=kind, required=required, **what)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kind", "enough", "code"),
    [
        (LessonKind.TEXT, "has_body", "text_empty"),
        (LessonKind.VIDEO, "has_file", "video_missing"),
        (LessonKind.PDF, "has_file", "pdf_missing"),
        (LessonKind.ASSIGNMENT, "has_body", "task_missing"),
        (LessonKind.LINK, "has_address", "link_missing"),
        (LessonKind.PACKAGE, "has_package", "package_missing"),
    ],
)
def test_a_lesson_needs_what_it_shows(kind: LessonKind, enough: str, code: str) -> None:
    others = {"has_body", "has_file", "has_address", "has_package"} - {enough}
    assert fault(state(kind, **dict.fromkeys(others, True))) == code
    assert fault(state(kind, **{enough: True})) is None


def test_a_quiz_needs_questions() -> None:
    assert fault(state(LessonKind.QUIZ, quiz="no_draws", has_body=True)) == "no_draws"
    assert fault(state(LessonKind.QUIZ)) is None


def test_a_version_needs_a_lesson_that_is_required() -> None:
    assert faults_of_version([]) == ["no_lessons"]
    assert faults_of_version([[], []]) == ["no_lessons"]
    assert faults_of_version([[], [state(required=False)]]) == ["nothing_required"]
    assert faults_of_version([[state(required=False)], [state()]]) == []


def test_a_step_moves_by_one_and_stays_at_the_ends() -> None:
    assert stepped([1, 2, 3], 3, -1) == [1, 3, 2]
    assert stepped([1, 2, 3], 1, 1) == [2, 1, 3]
    assert stepped([1, 2, 3], 1, -1) == [1, 2, 3]
    assert stepped([1, 2, 3], 3, 1) == [1, 2, 3]


def test_one_is_placed_before_another_or_at_the_end() -> None:
    assert placed([1, 2, 3], 3, 1) == [3, 1, 2]
    assert placed([1, 2, 3], 1, None) == [2, 3, 1]
    assert placed([1, 2], 9, 2) == [1, 9, 2]
    with pytest.raises(ValueError, match="not in list"):
        placed([1, 2], 9, 7)
    with pytest.raises(ValueError, match="not in list"):
        placed([1, 2], 1, 1)


def test_a_circle_is_found_with_its_way() -> None:
    requires = {2: [1], 3: [2], 4: [3, 1]}
    assert find_circle(requires, 1, [4]) == [4, 3, 2, 1] or find_circle(requires, 1, [4]) == [4, 1]
    assert find_circle(requires, 1, [1]) == [1]
    assert find_circle(requires, 4, [2]) is None
    assert find_circle(requires, 5, [4, 3]) is None


numbers = st.integers(0, 7)


# A busy machine is no fault of the rule.
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(numbers, numbers), max_size=25))
def test_edges_that_are_let_in_one_by_one_never_make_a_circle(edges: list[tuple[int, int]]) -> None:
    requires: dict[int, set[int]] = {}
    for lesson, wanted in edges:
        if find_circle(requires, lesson, [wanted]) is None:
            requires.setdefault(lesson, set()).add(wanted)
    open_ones: set[int] = set()
    for _round in range(9):
        open_ones |= {one for one in range(8) if requires.get(one, set()) <= open_ones}
    assert open_ones == set(range(8)), "every lesson can be reached"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("https://www.smartedu.cn/", True),
        ("http://例子.中国/课?x=1", True),
        ("www.smartedu.cn", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://a b.cn/", False),
        ("http://[::1", False),
        ("ftp://a.cn/", False),
        ("", False),
    ],
)
def test_an_address_is_whole_and_of_the_web(text: str, good: bool) -> None:
    assert is_web_address(text) is good
