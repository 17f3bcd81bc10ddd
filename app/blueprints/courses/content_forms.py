"""Forms of the editor: shape only, the rules are in the domain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.blueprints.choice_fields import RadioField, SelectField
from app.blueprints.courses.lesson_kinds import KINDS
from app.blueprints.people.forms import needed, one_of
from app.blueprints.workshops.fields import TicksField
from app.blueprints.workshops.forms import choices
from app.domain.courses.models import CourseMedia, Lesson
from app.domain.courses.operations.lessons import LONGEST_ADDRESS, LessonFacts
from app.domain.courses.operations.publishing import LONGEST_NOTE
from app.domain.courses.operations.sections import LONGEST_TITLE
from app.domain.courses.rules.content import LONGEST_BODY, LONGEST_SUMMARY
from app.domain.courses.rules.words import LessonKind

# The fields that only some kinds have.
_OF_KINDS = {
    "body": frozenset(LessonKind) - {LessonKind.QUIZ, LessonKind.PACKAGE},
    "address": {LessonKind.LINK},
    "media_id": {LessonKind.VIDEO, LessonKind.PDF},
    "file": {LessonKind.VIDEO, LessonKind.PDF},
    "seek_ahead": {LessonKind.VIDEO},
    "complete_at": {LessonKind.VIDEO},
}


class SectionForm(FlaskForm):
    """A section's title and what it is about."""

    title = StringField(_l("Title"), [needed(), Length(max=LONGEST_TITLE)])
    summary = TextAreaField(_l("What it is about"), [Length(max=LONGEST_SUMMARY)])


class NewLessonForm(FlaskForm):
    """What kind of lesson, called what, in which section."""

    kind = RadioField(
        _l("Kind"), [needed()], choices=choices(KINDS), coerce=one_of(LessonKind),
        default=LessonKind.TEXT.value,
    )  # fmt: skip
    title = StringField(_l("Title"), [needed(), Length(max=LONGEST_TITLE)])
    section_id = SelectField(_l("Section"), [needed()], coerce=int)

    def offer(self, sections: Sequence[tuple[int, str]]) -> NewLessonForm:
        self.section_id.choices = list(sections)
        return self


class LessonForm(FlaskForm):
    """What a lesson says; ``shaped`` leaves the fields of its kind."""

    title = StringField(_l("Title"), [needed(), Length(max=LONGEST_TITLE)])
    body = TextAreaField(_l("What it says"), [Length(max=LONGEST_BODY)])
    address = StringField(_l("Address"), [Length(max=LONGEST_ADDRESS)])
    media_id = SelectField(_l("File"), coerce=lambda text: int(text) if text else None)
    file = FileField(_l("Upload a new file"))
    seek_ahead = BooleanField(_l("Learners may seek ahead of what they have watched"))
    complete_at = IntegerField(_l("Completed once so much has been watched"), [needed()])
    required = BooleanField(_l("Required for completing the course"))
    minutes = IntegerField(_l("Takes about"), [Optional()])
    requires = TicksField(_l("Opens only after"), coerce=int)
    row_version = HiddenField()

    def shaped(
        self, kind: LessonKind, media: Sequence[CourseMedia], others: Sequence[tuple[int, str]]
    ) -> LessonForm:
        """The fields of this kind, with what can be chosen."""
        for name, kinds in _OF_KINDS.items():
            if kind not in kinds:
                del self[name]
        if "media_id" in self:
            none = ("", _("(none yet)"))
            self.media_id.choices = [none, *((str(one.id), one.file_name) for one in media)]
        if others:
            self.requires.choices = list(others)
        else:
            del self.requires
        if "body" in self and kind is not LessonKind.TEXT:
            self.body.label.text = (
                _("What to do") if kind is LessonKind.ASSIGNMENT else _("Text beside it")
            )
        return self

    def facts(self, media_id: int | None = None) -> LessonFacts:
        """What was entered; ``media_id``: of a file that came with the form."""

        def said(name: str, default: Any) -> Any:
            return self[name].data if name in self else default

        return LessonFacts(
            title=self.title.data or "",
            required=self.required.data,
            minutes=self.minutes.data,
            body=said("body", "") or "",
            address=said("address", "") or "",
            media_id=media_id or said("media_id", None),
            seek_ahead=said("seek_ahead", False),
            complete_at=said("complete_at", 90) or 0,
            requires=said("requires", None) or (),
        )


def fill(form: LessonForm, lesson: Lesson, required_before: Sequence[int]) -> None:
    """What the lesson says now."""
    for field in form:
        if field.short_name in {"requires", "file", "csrf_token"}:
            continue
        field.data = getattr(lesson, field.short_name)
    if "requires" in form:
        form.requires.data = list(required_before)


class PublishForm(FlaskForm):
    """What is new, for who teaches."""

    note = TextAreaField(_l("What is new"), [Length(max=LONGEST_NOTE)])
    row_version = HiddenField()


class RemoveForm(FlaskForm):
    """Nothing but the button; ``seen``: what whoever decided saw."""

    row_version = HiddenField()
    lessons = HiddenField()


class MediaForm(FlaskForm):
    """A video or PDF for the course."""

    file = FileField(_l("Video or PDF"))
