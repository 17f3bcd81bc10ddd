"""Kinds of questions, what is shown when, and what the figures of a question say, in the reader's language."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from app.domain.courses.rules.item_analysis import Verdict
from app.domain.courses.rules.words import AnswersShown, AttemptStatus, QuestionKind

QUESTION_KINDS = {
    QuestionKind.SINGLE: _l("One choice"),
    QuestionKind.MULTIPLE: _l("Several choices"),
    QuestionKind.TRUE_FALSE: _l("True or false"),
    QuestionKind.FILL_IN: _l("Fill in the gaps"),
    QuestionKind.SHORT_ANSWER: _l("Short answer"),
}
SHOWN = {
    AnswersShown.AFTER_ATTEMPT: _l("after every attempt"),
    AnswersShown.AFTER_PASSING: _l("once the quiz is passed"),
    AnswersShown.NEVER: _l("never"),
}
ATTEMPTS = {
    AttemptStatus.RUNNING: _l("under way"),
    AttemptStatus.SUBMITTED: _l("handed in, being marked"),
    AttemptStatus.MARKED: _l("has a result"),
}
VERDICTS = {
    Verdict.FEW: _l("too few attempts yet"),
    Verdict.NEGATIVE: _l("the weaker ones answer it better: look at its right answer"),
    Verdict.WEAK: _l("hardly tells good from weak"),
    Verdict.TOO_HARD: _l("very hard"),
    Verdict.TOO_EASY: _l("very easy"),
    Verdict.FAIR: _l("usable"),
    Verdict.GOOD: _l("tells good from weak well"),
}
VERDICT_TONES = {
    Verdict.FEW: "neutral",
    Verdict.NEGATIVE: "danger",
    Verdict.WEAK: "warning",
    Verdict.TOO_HARD: "warning",
    Verdict.TOO_EASY: "warning",
    Verdict.FAIR: "info",
    Verdict.GOOD: "success",
}
