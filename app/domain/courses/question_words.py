"""Why a question is refused, in words; codes are those of rules.questions."""

from __future__ import annotations

from app.core.errors import InvalidInput
from app.core.i18n import gettext as _
from app.domain.courses.rules.questions import (
    FEWEST_OPTIONS,
    LONGEST_BLANK,
    LONGEST_OPTION,
    LONGEST_STEM,
    MOST_OPTIONS,
)

_FIELDS = {
    "no_stem": "stem",
    "no_blank": "stem",
    "blanks_differ": "answer",
    "no_right_answer": "answer",
    "no_such_option": "answer",
    "several_right_answers": "answer",
    "too_few_options": "options",
    "too_many_options": "options",
    "empty_option": "options",
    "same_option": "options",
    "too_long": "stem",
}


def question_words(code: str) -> str:
    """What is wrong with a question, and what to do."""
    words = {
        "no_stem": _("The question has no text. Write what is asked."),
        "no_blank": _(
            "There is no gap in the text. Mark each gap with two or more low lines: ____"
        ),
        "blanks_differ": _("The number of answers is not that of the gaps in the text."),
        "no_right_answer": _("There is no right answer. Say which one it is."),
        "no_such_option": _("The right answer names an option that there is not."),
        "several_right_answers": _("A question with one choice has exactly one right answer."),
        "too_few_options": _("A choice needs at least %(num)s options.", num=FEWEST_OPTIONS),
        "too_many_options": _("A choice has at most %(num)s options.", num=MOST_OPTIONS),
        "empty_option": _("An option between the others is empty."),
        "same_option": _("Two options say the same."),
        "too_long": _(
            "Too long: a text has at most %(stem)s characters, an option %(option)s, a gap %(blank)s.",
            stem=LONGEST_STEM,
            option=LONGEST_OPTION,
            blank=LONGEST_BLANK,
        ),
    }
    return str(words[code])


def question_refusal(code: str) -> InvalidInput:
    """The refusal of a question, beside the field it speaks of."""
    return InvalidInput(question_words(code), code, _FIELDS[code])
