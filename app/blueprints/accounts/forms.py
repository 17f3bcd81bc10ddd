"""Forms of the accounts' pages: shape only, the rules are in the domain."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, Field, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.blueprints.choice_fields import SelectField
from app.core.errors import DomainError
from app.domain.accounts.passwords import LONGEST


def required() -> InputRequired:
    return InputRequired(_l("This is needed."))


def show_refusal(form: FlaskForm, error: DomainError) -> None:
    """Put a refusal beside the field it speaks of, else above the form."""
    field: Field | None = form._fields.get(error.field) if error.field else None
    if field is None:
        form.form_errors.append(str(error.message))
    else:
        field.errors = [*field.errors, str(error.message)]


class SignInForm(FlaskForm):
    username = StringField(_l("User name, phone or mail"), [required(), Length(max=200)])
    password = PasswordField(_l("Password"), [required(), Length(max=LONGEST * 2)])
    next = HiddenField()


class NewPasswordForm(FlaskForm):
    password = PasswordField(_l("New password"), [required(), Length(max=LONGEST * 2)])
    again = PasswordField(_l("New password once more"), [required()])

    def validate_again(self, field: Field) -> None:
        if field.data != self.password.data:
            raise ValidationError(_l("The two passwords differ. Type the same one twice."))


class ChangePasswordForm(NewPasswordForm):
    current = PasswordField(_l("Present password"), [required(), Length(max=LONGEST * 2)])


class ResetForm(FlaskForm):
    username = StringField(_l("User name, phone or mail"), [required(), Length(max=200)])


class CodeForm(FlaskForm):
    code = StringField(_l("Code on the slip"), [required(), Length(max=40)])


class ContactForm(FlaskForm):
    display_name = StringField(_l("Name shown"), [required(), Length(max=80)])
    phone = StringField(_l("Phone"), [Length(max=30)])
    email = StringField(_l("Mail"), [Length(max=200)])
    language = SelectField(_l("Language"), choices=[("zh_CN", "中文"), ("en", "English")])
    current = PasswordField(_l("Present password"), [Length(max=LONGEST * 2)])


class TokenForm(FlaskForm):
    name = StringField(_l("What is it for?"), [required(), Length(max=80)])
    grant = SelectField(_l("Acts as"), coerce=int)
    expires_on = DateField(_l("Good until"), [Optional()])
