"""Forms of the registry's pages: shape only, the rules are in the domain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, HiddenField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.blueprints.choice_fields import RadioField, SelectField
from app.blueprints.people.words import END_REASONS, GIVEN_END_REASONS, ROLES, SEXES
from app.domain.people.rules import EndReason, PostingRole, Sex
from app.domain.people.rules.facts import PersonFacts, PostingFacts

PERSON_FIELDS = (
    "name",
    "sex",
    "ethnicity",
    "born_on",
    "email",
    "education",
    "graduated_from",
    "major",
    "work_began_on",
    "note",
)


def one_of(kind: type[Any]) -> Callable[[str | None], Any]:
    """Coerces a choice to its enum; nothing chosen is None."""

    def coerce(text: str | None) -> Any:
        return kind(text) if text else None

    return coerce


def needed() -> InputRequired:
    return InputRequired(_l("This is needed."))


def _role_choices() -> list[tuple[str, Any]]:
    return [(role.value, text) for role, text in ROLES.items()]


class _PersonFields(FlaskForm):
    """What is told of a person."""

    name = StringField(_l("Full name"), [needed(), Length(max=80)])
    id_number = StringField(_l("Identity number"), [Length(max=40)])
    phone = StringField(_l("Phone"), [Length(max=40)])
    sex = SelectField(
        _l("Sex"),
        choices=[("", "–"), *[(sex.value, text) for sex, text in SEXES.items()]],
        coerce=one_of(Sex),
    )
    ethnicity = StringField(_l("Ethnic group"), [Length(max=20)])
    born_on = DateField(_l("Born on"), [Optional()])
    email = StringField(_l("Mail"), [Length(max=200)])
    education = StringField(_l("Highest education"), [Length(max=40)])
    graduated_from = StringField(_l("Graduated from"), [Length(max=120)])
    major = StringField(_l("Field of study"), [Length(max=80)])
    work_began_on = DateField(_l("Began work on"), [Optional()])
    note = TextAreaField(_l("Remarks"), [Length(max=2000)])


class _PostingFields(FlaskForm):
    """What is told of a posting."""

    role = RadioField(
        _l("Full or part time"), [needed()], choices=_role_choices(), coerce=one_of(PostingRole)
    )
    subject = StringField(_l("Subject taught"), [Length(max=40)])
    title = StringField(_l("Professional title"), [Length(max=40)])

    def posting_facts(self, recruited_on: date | None = None) -> PostingFacts:
        return PostingFacts(
            self.role.data, self.subject.data or None, self.title.data or None, recruited_on
        )


class RegisterForm(_PersonFields, _PostingFields):
    """A new person: with a posting, or an external expert without."""

    kind = RadioField(
        _l("Who is it?"),
        choices=[
            ("counselor", _l("A counselor with a posting")),
            ("external", _l("An external expert (no posting)")),
        ],
        default="counselor",
    )
    unit = StringField(_l("Unit"), [needed(), Length(max=160)])
    role = RadioField(
        _l("Full or part time"),
        choices=_role_choices(),
        coerce=one_of(PostingRole),
        validate_choice=False,
    )
    valid_from = DateField(_l("Serves there from"), [Optional()])
    recruited_on = DateField(_l("Openly recruited on"), [Optional()])
    namesake_known = BooleanField(_l("This is somebody else of the same name"))

    def validate_role(self, field: RadioField) -> None:
        """Only who is posted needs a role."""
        external = self.kind is not None and self.kind.data == "external"
        if field.data is None and not external:
            raise ValidationError(_("This is needed."))

    def person_facts(self) -> PersonFacts:
        return PersonFacts(
            id_number=self.id_number.data or None,
            phone=self.phone.data or None,
            **dict[str, Any]({name: self[name].data or None for name in PERSON_FIELDS}),
        )


class ProposeForm(RegisterForm):
    """A school's proposal to add somebody."""

    kind = None  # type: ignore[assignment]
    remark = TextAreaField(_l("Remark for the county"), [Length(max=500)])


class CorrectForm(_PersonFields):
    """A correction; numbers left empty stay as they are."""

    remove_id_number = BooleanField(_l("Remove the identity number"))
    remove_phone = BooleanField(_l("Remove the phone"))
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])
    row_version = HiddenField()

    def changes(self) -> dict[str, Any]:
        """What was entered; a number only if a new one was, or if it is to go."""
        values = {name: self[name].data or None for name in PERSON_FIELDS}
        for name in ("id_number", "phone"):
            if self[f"remove_{name}"].data:
                values[name] = None
            elif (self[name].data or "").strip():
                values[name] = self[name].data
        return values


class AddPostingForm(_PostingFields):
    unit = StringField(_l("Unit"), [needed(), Length(max=160)])
    valid_from = DateField(_l("Serves there from"), [needed()])
    recruited_on = DateField(_l("Openly recruited on"), [Optional()])


class EndPostingForm(FlaskForm):
    on = DateField(_l("Last day"), [needed()])
    end_reason = SelectField(
        _l("Reason"),
        choices=[(reason.value, END_REASONS[reason]) for reason in GIVEN_END_REASONS],
        coerce=one_of(EndReason),
    )
    note = TextAreaField(_l("Remark"), [Length(max=500)])
    row_version = HiddenField()


class ReasonForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])


class ChangePostingForm(_PostingFields):
    on = DateField(_l("From"), [needed()])
    note = TextAreaField(_l("Reason or document"), [Length(max=500)])
    row_version = HiddenField()


class CorrectPostingForm(_PostingFields):
    recruited_on = DateField(_l("Openly recruited on"), [Optional()])
    valid_from = DateField(_l("From"), [needed()])
    valid_until = DateField(_l("Last day"), [Optional()])
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])
    row_version = HiddenField()


class TransferForm(FlaskForm):
    unit = StringField(_l("To"), [needed(), Length(max=160)])
    on = DateField(_l("From"), [needed()])
    role = RadioField(_l("There"), choices=_role_choices(), coerce=one_of(PostingRole))
    note = TextAreaField(_l("Reason or document"), [Length(max=500)])
    row_version = HiddenField()


class OwnContactForm(FlaskForm):
    phone = StringField(_l("New phone"), [Length(max=40)])
    email = StringField(_l("Mail"), [Length(max=200)])


class AskCorrectionForm(FlaskForm):
    text = TextAreaField(_l("What is wrong, and what is right?"), [needed(), Length(max=1000)])
