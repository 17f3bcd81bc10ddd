"""Forms of question banks and of each kind of question: shape only, the rules are in the domain."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from app.blueprints.choice_fields import RadioField, SelectField
from app.blueprints.people.forms import needed
from app.blueprints.workshops.fields import TicksField
from app.domain.courses.operations.banks import LONGEST_NOTE, LONGEST_TITLE
from app.domain.courses.operations.questions import LONGEST_CODE, LONGEST_TOPIC, QuestionDraft
from app.domain.courses.rules.question_sheet import read_blanks, write_blanks
from app.domain.courses.rules.questions import (
    LETTERS,
    LONGEST_OPTION,
    LONGEST_STEM,
    QuestionText,
    count_blanks,
)
from app.domain.courses.rules.words import QuestionKind

_PLACES = [(str(place), letter) for place, letter in enumerate(LETTERS)]
_RIGHT, _WRONG = "right", "wrong"


class BankForm(FlaskForm):
    title = StringField(_l("Name"), [needed(), Length(max=LONGEST_TITLE)])
    note = TextAreaField(_l("Note on the bank"), [Length(max=LONGEST_NOTE)], render_kw={"rows": 3})
    row_version = HiddenField()


class NewBankForm(BankForm):
    unit = SelectField(_l("Unit"), [needed()], coerce=int)


class QuestionSheetForm(FlaskForm):
    file = FileField(_l("Workbook"), [FileRequired(_l("Choose the file."))])


class QuestionForm(FlaskForm):
    """What every kind of question has."""

    stem = TextAreaField(
        _l("Question text"), [needed(), Length(max=LONGEST_STEM)], render_kw={"rows": 4}
    )
    explanation = TextAreaField(
        _l("Explanation"), [Length(max=LONGEST_STEM)], render_kw={"rows": 3}
    )
    topic = StringField(_l("Topic area"), [Length(max=LONGEST_TOPIC)])
    code = StringField(_l("Question code"), [Length(max=LONGEST_CODE)])
    seen = HiddenField()

    def read_options(self) -> tuple[str, ...]:
        return ()

    def read_right(self) -> tuple[Any, ...]:
        return ()

    def show_right(self, text: QuestionText) -> None:
        """Fill in what the question says, as it stands."""

    def draft(self, kind: QuestionKind) -> QuestionDraft:
        """The question as it was typed."""
        text = QuestionText(
            kind,
            self.stem.data or "",
            self.read_options(),
            self.read_right(),
            self.explanation.data or "",
        )
        return QuestionDraft(text, self.topic.data or "", self.code.data or "")

    def show(self, draft: QuestionDraft, number: int) -> None:
        """Fill the form with a question and the number of its revision."""
        self.stem.data, self.explanation.data = draft.text.stem, draft.text.explanation
        self.topic.data, self.code.data, self.seen.data = draft.topic, draft.code, str(number)
        self.show_right(draft.text)


class _OptionsForm(QuestionForm):
    """Options A to H, the empty ones at the end left out."""

    option_0 = StringField(_l("Option A"), [Length(max=LONGEST_OPTION)])
    option_1 = StringField(_l("Option B"), [Length(max=LONGEST_OPTION)])
    option_2 = StringField(_l("Option C"), [Length(max=LONGEST_OPTION)])
    option_3 = StringField(_l("Option D"), [Length(max=LONGEST_OPTION)])
    option_4 = StringField(_l("Option E"), [Length(max=LONGEST_OPTION)])
    option_5 = StringField(_l("Option F"), [Length(max=LONGEST_OPTION)])
    option_6 = StringField(_l("Option G"), [Length(max=LONGEST_OPTION)])
    option_7 = StringField(_l("Option H"), [Length(max=LONGEST_OPTION)])

    @property
    def options(self) -> list[Any]:
        return [self[f"option_{place}"] for place in range(len(LETTERS))]

    def read_options(self) -> tuple[str, ...]:
        texts = [(option.data or "").strip() for option in self.options]
        while texts and not texts[-1]:
            texts.pop()
        return tuple(texts)

    def show_right(self, text: QuestionText) -> None:
        for option, said in zip(self.options, text.options, strict=False):
            option.data = said


class SingleForm(_OptionsForm):
    answer = RadioField(_l("Right answer"), choices=_PLACES, validate_choice=False)

    def read_right(self) -> tuple[Any, ...]:
        return (int(self.answer.data),) if self.answer.data in dict(_PLACES) else ()

    def show_right(self, text: QuestionText) -> None:
        super().show_right(text)
        self.answer.data = str(text.answer[0])


class MultipleForm(_OptionsForm):
    answer = TicksField(_l("Right answers"), choices=_PLACES, validate_choice=False)

    def read_right(self) -> tuple[Any, ...]:
        return tuple(int(place) for place in self.answer.data or () if place in dict(_PLACES))

    def show_right(self, text: QuestionText) -> None:
        super().show_right(text)
        self.answer.data = [str(place) for place in text.answer]


class TrueFalseForm(QuestionForm):
    answer = RadioField(
        _l("Right answer"), choices=[(_RIGHT, _l("True")), (_WRONG, _l("False"))],
        validate_choice=False,
    )  # fmt: skip

    def read_right(self) -> tuple[Any, ...]:
        return (self.answer.data == _RIGHT,) if self.answer.data in {_RIGHT, _WRONG} else ()

    def show_right(self, text: QuestionText) -> None:
        self.answer.data = _RIGHT if text.answer[0] else _WRONG


class FillInForm(QuestionForm):
    answer = TextAreaField(_l("Right answers"), render_kw={"rows": 3})

    def read_right(self) -> tuple[Any, ...]:
        return read_blanks(self.answer.data or "", count_blanks(self.stem.data or ""))

    def show_right(self, text: QuestionText) -> None:
        self.answer.data = write_blanks(text.answer)


class ShortAnswerForm(QuestionForm):
    answer = TextAreaField(
        _l("What a good answer says"), [Length(max=LONGEST_STEM)], render_kw={"rows": 4}
    )

    def read_right(self) -> tuple[Any, ...]:
        return (self.answer.data or "",)

    def show_right(self, text: QuestionText) -> None:
        self.answer.data = "\n".join(map(str, text.answer))


FORMS: dict[QuestionKind, type[QuestionForm]] = {
    QuestionKind.SINGLE: SingleForm,
    QuestionKind.MULTIPLE: MultipleForm,
    QuestionKind.TRUE_FALSE: TrueFalseForm,
    QuestionKind.FILL_IN: FillInForm,
    QuestionKind.SHORT_ANSWER: ShortAnswerForm,
}
