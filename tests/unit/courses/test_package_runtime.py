"""What a package's reports mean, and how they follow each other."""

from __future__ import annotations

from decimal import Decimal

import pytest

from app.domain.courses.rules.package_runs import Kept, Taking, how_to_take, start_elements
from app.domain.courses.rules.runtime import (
    LONGEST_VALUE,
    StateFault,
    Verdict,
    judge,
    read_elements,
    session_seconds,
    spell_total,
)
from app.domain.courses.rules.words import PackageStandard

OLD, NEW = PackageStandard.SCORM_12, PackageStandard.SCORM_2004


def verdict_12(status: str, raw: str = "", ended: bool = False, **settings: float) -> Verdict:
    elements = {"cmi.core.lesson_status": status, "cmi.core.score.raw": raw}
    return judge(OLD, elements, settings, ended=ended)


@pytest.mark.parametrize(
    ("status", "done", "failed"),
    [
        ("passed", True, False),
        ("completed", True, False),
        ("failed", False, True),
        ("incomplete", False, False),
        ("browsed", False, False),
        ("not attempted", False, False),
        ("", False, False),
    ],
)
def test_reads_the_status_of_12(status: str, done: bool, failed: bool) -> None:
    found = verdict_12(status)
    assert (found.done, found.failed, found.score) == (done, failed, None)


def test_lets_the_mastery_score_decide_once_a_12_item_has_ended() -> None:
    assert verdict_12("completed", "59", mastery=60.0).done
    assert verdict_12("completed", "59", ended=True, mastery=60.0).failed
    assert verdict_12("incomplete", "60", ended=True, mastery=60.0).done
    assert verdict_12("completed", "", ended=True, mastery=60.0).done


def verdict_2004(settings: dict[str, float] | None = None, **elements: str) -> tuple[bool, bool]:
    named = {f"cmi.{name.replace('__', '.')}": value for name, value in elements.items()}
    found = judge(NEW, named, settings or {}, ended=False)
    return found.done, found.failed


def test_reads_completion_and_success_of_2004() -> None:
    assert verdict_2004(completion_status="completed") == (True, False)
    assert verdict_2004(completion_status="completed", success_status="failed") == (False, True)
    assert verdict_2004(success_status="passed") == (True, False)
    assert verdict_2004(completion_status="incomplete", success_status="passed") == (False, False)
    assert verdict_2004(completion_status="incomplete") == (False, False)
    assert verdict_2004() == (False, False)


def test_lets_stated_thresholds_of_2004_decide() -> None:
    measured = {"threshold": 0.8}
    assert verdict_2004(measured, progress_measure="0.8", completion_status="incomplete") == (
        True,
        False,
    )
    assert verdict_2004(measured, progress_measure="0.79", completion_status="completed") == (
        False,
        False,
    )
    graded = {"passing": 0.7}
    assert verdict_2004(graded, score__scaled="0.69", completion_status="completed") == (
        False,
        True,
    )
    assert verdict_2004(graded, score__scaled="0.7", completion_status="completed") == (True, False)


def score(standard: PackageStandard, **parts: str) -> Decimal | None:
    prefix = "cmi.core.score." if standard is OLD else "cmi.score."
    elements = {prefix + name: value for name, value in parts.items()}
    return judge(standard, elements, {}, ended=False).score


def test_turns_scores_into_per_cent() -> None:
    assert score(OLD, raw="85") == 85
    assert score(OLD, raw="17", min="0", max="20") == 85
    assert score(OLD, raw="3", min="1", max="5") == 50
    assert score(OLD, raw="130") == 100
    assert score(OLD, raw="x") is None
    assert score(NEW, scaled="0.925", raw="1") == Decimal("92.5")
    assert score(NEW, scaled="-0.5") == 0
    assert score(NEW, raw="2", max="3") == Decimal("66.67")
    assert score(NEW, raw="NaN") is None
    assert score(NEW, raw="1e999999") is None


def test_reads_session_times_of_both_standards() -> None:
    assert session_seconds(OLD, {"cmi.core.session_time": "0001:02:03.50"}) == 3723.5
    assert session_seconds(NEW, {"cmi.session_time": "PT1H2M3.5S"}) == 3723.5
    assert session_seconds(NEW, {"cmi.session_time": "P1DT1S"}) == 86401
    assert session_seconds(OLD, {"cmi.core.session_time": "five minutes"}) == 0
    assert session_seconds(NEW, {}) == 0


def test_spells_the_total_time_as_each_standard_does() -> None:
    assert spell_total(OLD, 3723.9) == "0001:02:03.00"
    assert spell_total(NEW, 3723.9) == "PT1H2M3S"


def test_takes_elements_as_plain_text() -> None:
    sent = {"cmi.suspend_data": "答案", "cmi.score.scaled": 0.5, "cmi.interactions.0.id": None}
    assert read_elements(sent) == {
        "cmi.suspend_data": "答案",
        "cmi.score.scaled": "0.5",
        "cmi.interactions.0.id": "",
    }


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        "cmi",
        {"window.location": "x"},
        {"cmi": "x"},
        {"cmi.a b": "x"},
        {"cmi.suspend_data": {"deep": 1}},
        {"cmi.suspend_data": "a\0b"},
        {"cmi.suspend_data": "\ud800"},
    ],
)
def test_refuses_what_is_no_state(sent: object) -> None:
    with pytest.raises(StateFault, match=r"^package_state$"):
        read_elements(sent)


@pytest.mark.parametrize(
    "sent",
    [
        {"cmi.suspend_data": "x" * (LONGEST_VALUE + 1)},
        {f"cmi.interactions.{n}.id": "x" for n in range(5001)},
        {f"cmi.interactions.{n}.id": "x" * 60_000 for n in range(7)},
    ],
)
def test_refuses_more_than_there_is_room_for(sent: object) -> None:
    with pytest.raises(StateFault, match=r"^package_state_too_large$"):
        read_elements(sent)


def test_takes_the_newest_report_of_a_run_once() -> None:
    kept = Kept(number=3, run="a", sequence=5)
    assert how_to_take(kept, run="a", sequence=6, seen=0) is Taking.TAKE
    assert how_to_take(kept, run="a", sequence=5, seen=0) is Taking.REPEATED
    assert how_to_take(kept, run="a", sequence=4, seen=0) is Taking.REPEATED


def test_lets_another_run_take_over_only_from_what_it_has_seen() -> None:
    kept = Kept(number=3, run="a", sequence=5)
    assert how_to_take(kept, run="b", sequence=1, seen=3) is Taking.TAKE
    assert how_to_take(kept, run="b", sequence=1, seen=2) is Taking.ELSEWHERE
    assert how_to_take(Kept(), run="b", sequence=1, seen=0) is Taking.TAKE


def start(standard: PackageStandard, elements: dict[str, str], **facts: bool) -> dict[str, str]:
    settings = {"mastery": 60.0, "launch_data": "chapter=1", "passing": 0.7, "objectives": ["main"]}
    return start_elements(
        standard,
        elements,
        settings,
        learner="learner-7",
        learner_name="学员",
        seconds=65,
        new_attempt=facts.get("new_attempt", False),
        resumed=facts.get("resumed", False),
    )


def test_begins_a_first_run_of_12() -> None:
    assert start(OLD, {}) == {
        "cmi.core.student_id": "learner-7",
        "cmi.core.student_name": "学员",
        "cmi.core.credit": "credit",
        "cmi.core.lesson_mode": "normal",
        "cmi.core.total_time": "0000:01:05.00",
        "cmi.core.entry": "ab-initio",
        "cmi.launch_data": "chapter=1",
        "cmi.student_data.mastery_score": "60",
    }


def test_goes_on_where_a_run_was_left() -> None:
    saved = {
        "cmi.core.lesson_location": "4",
        "cmi.suspend_data": "答案4",
        "cmi.core.session_time": "0000:00:05.00",
        "cmi.core.exit": "suspend",
        "cmi.core.student_name": "forged",
        "cmi.interactions._count": "1",
        "cmi.interactions.0.id": "q1",
    }
    begun = start(OLD, saved, resumed=True)
    assert begun["cmi.core.entry"] == "resume"
    assert begun["cmi.core.lesson_location"] == "4"
    assert begun["cmi.suspend_data"] == "答案4"
    assert begun["cmi.interactions.0.id"] == "q1"
    assert begun["cmi.core.student_name"] == "学员"
    for gone in ("cmi.core.session_time", "cmi.core.exit", "cmi.interactions._count"):
        assert gone not in begun


def test_begins_anew_after_a_2004_attempt_that_ended() -> None:
    begun = start(NEW, {"cmi.location": "4"}, new_attempt=True)
    assert "cmi.location" not in begun
    assert begun["cmi.entry"] == "ab-initio"
    assert begun["cmi.total_time"] == "PT0H0M0S"
    assert begun["cmi.scaled_passing_score"] == "0.7"
    assert begun["cmi.objectives.0.id"] == "main"
