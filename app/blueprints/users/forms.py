"""Forms of the security administrator's pages: shape only."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import DateField, PasswordField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.blueprints.choice_fields import RadioField, SelectField
from app.blueprints.formats import ROLE_NAMES
from app.domain.accounts.passwords import LONGEST
from app.domain.accounts.rules import Role


def _required() -> InputRequired:
    return InputRequired(_l("This is needed."))


def _role_choices() -> list[tuple[str, Any]]:
    return [(role.value, ROLE_NAMES[role.value]) for role in Role]


class GrantForm(FlaskForm):
    role = SelectField(_l("Role"), [_required()], choices=_role_choices, coerce=Role)
    unit = StringField(_l("Unit"), [_required(), Length(max=140)])
    valid_from = DateField(_l("First day"), [_required()])
    valid_until = DateField(_l("Last day"), [Optional()])
    reason = TextAreaField(_l("Reason or document"), [_required(), Length(max=500)])


class NewAccountForm(GrantForm):
    username = StringField(_l("User name"), [_required(), Length(max=40)])
    display_name = StringField(_l("Name shown"), [Length(max=80)])
    phone = StringField(_l("Phone"), [Length(max=30)])
    email = StringField(_l("Mail"), [Length(max=200)])
    way_in = RadioField(
        _l("How they get in"),
        choices=[
            ("slip", _l("With an activation slip, shown after saving")),
            ("password", _l("With a first password, which they must change")),
        ],
        default="slip",
    )
    password = PasswordField(_l("First password"), [Length(max=LONGEST * 2)])


class EndGrantForm(FlaskForm):
    last_day = DateField(_l("Last day"), [_required()])
    successor = StringField(_l("Successor’s user name"), [Length(max=80)])
    reason = TextAreaField(_l("Reason or document"), [_required(), Length(max=500)])


class ReasonForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), [_required(), Length(max=500)])
