"""How each question of a quiz does its work, over all versions of the lesson (rules.item_analysis)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import func, select

from app.core.db import db
from app.domain.courses.models import (
    AttemptItem,
    CourseEnrolment,
    CourseVersion,
    Lesson,
    Question,
    QuestionRevision,
    QuizAttempt,
)
from app.domain.courses.rules import item_analysis as rules
from app.domain.courses.rules.words import AttemptStatus, QuestionKind


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """A question in figures. ``difficulty`` 0 to 1 (1: everybody right), ``discrimination`` −1 to 1, None: too few."""

    question_id: int
    code: str
    topic: str
    kind: QuestionKind
    stem: str
    asked: int
    difficulty: float | None
    discrimination: float | None
    verdict: rules.Verdict


@dataclass(frozen=True, slots=True)
class QuizFigures:
    """A quiz in figures: first attempts that are marked, how many passed, their mean in per cent, the questions."""

    attempts: int
    passed: int
    mean_percent: float | None
    items: tuple[ItemFigures, ...]


def analyse_quiz(course_id: int, lesson_key: str) -> QuizFigures:
    """The figures of a quiz, from the first marked attempt of everybody: later ones have seen the answers.

    ``lesson_key``: the same in every version. Questions by discrimination, the worst first; 3 statements.
    """
    attempts = _first_attempts(course_id, lesson_key)
    asked: dict[int, list[rules.Asked]] = defaultdict(list)
    rows = db.session.execute(
        select(
            QuestionRevision.question_id,
            AttemptItem.attempt_id,
            AttemptItem.marks,
            AttemptItem.maximum,
        )
        .join(QuestionRevision, QuestionRevision.id == AttemptItem.revision_id)
        .join(QuizAttempt, QuizAttempt.id == AttemptItem.attempt_id)
        .join(Lesson, Lesson.id == QuizAttempt.lesson_id)
        .join(CourseVersion, CourseVersion.id == Lesson.version_id)
        .where(CourseVersion.course_id == course_id, Lesson.key == lesson_key)
        .order_by(AttemptItem.attempt_id, AttemptItem.position)
    )
    for question_id, attempt_id, marks, maximum in rows:
        if attempt_id in attempts and marks is not None:
            whole, _passed = attempts[attempt_id]
            asked[question_id].append(rules.Asked(float(marks) / float(maximum), whole))
    wholes = [whole for whole, _passed in attempts.values()]
    return QuizFigures(
        attempts=len(attempts),
        passed=sum(passed for _whole, passed in attempts.values()),
        mean_percent=round(100 * sum(wholes) / len(wholes), 2) if wholes else None,
        items=_figures(asked),
    )


def _first_attempts(course_id: int, lesson_key: str) -> dict[int, tuple[float, bool]]:
    """By attempt: its share of the marks, and whether it passed."""
    marked = (
        select(
            QuizAttempt.id,
            QuizAttempt.marks,
            QuizAttempt.maximum,
            QuizAttempt.passed,
            func.row_number()
            .over(partition_by=CourseEnrolment.person_id, order_by=QuizAttempt.id)
            .label("place"),
        )
        .join(CourseEnrolment, CourseEnrolment.id == QuizAttempt.enrolment_id)
        .join(Lesson, Lesson.id == QuizAttempt.lesson_id)
        .join(CourseVersion, CourseVersion.id == Lesson.version_id)
        .where(
            CourseVersion.course_id == course_id,
            Lesson.key == lesson_key,
            QuizAttempt.status == AttemptStatus.MARKED,
        )
        .subquery()
    )
    rows = db.session.execute(select(marked).where(marked.c.place == 1)).all()
    return {row.id: (float(row.marks) / float(row.maximum), bool(row.passed)) for row in rows}


def _figures(asked: dict[int, list[rules.Asked]]) -> tuple[ItemFigures, ...]:
    rows = db.session.execute(
        select(Question.id, Question.code, Question.topic, Question.kind, QuestionRevision.stem)
        .join(
            QuestionRevision,
            (QuestionRevision.question_id == Question.id) & QuestionRevision.current,
        )
        .where(Question.id.in_(asked))
    ).all()
    made = []
    for question_id, code, topic, kind, stem in rows:
        answers = asked[question_id]
        hardness, separation = rules.difficulty(answers), rules.discrimination(answers)
        made.append(
            ItemFigures(
                question_id, code, topic, kind, stem, len(answers), hardness, separation,
                rules.verdict(hardness, separation),
            )
        )  # fmt: skip
    made.sort(key=lambda one: (one.discrimination is None, one.discrimination or 0, one.code))
    return tuple(made)
