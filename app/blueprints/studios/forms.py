"""Forms of studios and their members: shape only."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from app.blueprints.choice_fields import RadioField
from app.blueprints.people.forms import needed, one_of
from app.blueprints.people.words import STUDIO_ROLES
from app.blueprints.studios.words import STUDIO_KINDS
from app.domain.people.operations.memberships import MembershipFacts
from app.domain.people.operations.studios import StudioFacts
from app.domain.people.rules import StudioKind, StudioRole


class StudioForm(FlaskForm):
    kind = RadioField(
        _l("Kind"),
        [needed()],
        choices=[(kind.value, text) for kind, text in STUDIO_KINDS.items()],
        coerce=one_of(StudioKind),
        default=StudioKind.STUDIO.value,
    )
    name = StringField(_l("Name"), [needed(), Length(max=120)])
    valid_from = DateField(_l("Runs from"), [needed()])


class OpenForm(StudioForm):
    unit = StringField(_l("Unit"), [needed(), Length(max=160)])

    def facts(self) -> StudioFacts:
        return StudioFacts(self.name.data, self.kind.data, self.valid_from.data)


class CorrectForm(StudioForm):
    valid_until = DateField(_l("Last day"), [Optional()])
    reason = TextAreaField(_l("Reason or document"), [Length(max=500)])

    def facts(self) -> StudioFacts:
        return StudioFacts(
            self.name.data, self.kind.data, self.valid_from.data, self.valid_until.data
        )


class EndForm(FlaskForm):
    on = DateField(_l("Last day"), [needed()])
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])


class ReasonForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])


class JoinForm(FlaskForm):
    role = RadioField(
        _l("As"),
        [needed()],
        choices=[(role.value, text) for role, text in STUDIO_ROLES.items()],
        coerce=one_of(StudioRole),
        default=StudioRole.MEMBER.value,
    )
    valid_from = DateField(_l("From"), [needed()])
    several_hosts = BooleanField(_l("Several people host it together"))

    def facts(self) -> MembershipFacts:
        return MembershipFacts(self.role.data, self.valid_from.data)


class CorrectMemberForm(JoinForm):
    several_hosts = None
    valid_until = DateField(_l("Last day"), [Optional()])
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])

    def facts(self) -> MembershipFacts:
        return MembershipFacts(self.role.data, self.valid_from.data, self.valid_until.data)


class ChangeHostForm(FlaskForm):
    on = DateField(_l("From"), [needed()])
    stays_member = BooleanField(_l("Who hosted until then stays as a member"), default=True)
    reason = TextAreaField(_l("Reason or document"), [needed(), Length(max=500)])
