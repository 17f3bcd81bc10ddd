"""Forms of credentials: shape only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    MultipleFileField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from app.blueprints.choice_fields import SelectField
from app.blueprints.credentials.words import COUNTS_AS
from app.blueprints.people.forms import needed, one_of
from app.domain.certificates.models import Credential, CredentialKind
from app.domain.certificates.operations.credentials import CredentialFacts
from app.domain.certificates.operations.kinds import KindRuleFacts
from app.domain.certificates.rules import CountsAs


class CredentialForm(FlaskForm):
    """What stands on the certificate."""

    kind_id = SelectField(_l("Kind"), [InputRequired(_l("Choose the kind."))], coerce=int)
    number = StringField(_l("Number"), [Length(max=80)])
    issuer = StringField(_l("Issued by"), [Length(max=120)])
    issued_on = DateField(_l("Issued on"), [Optional()])
    renewed_on = DateField(_l("Last registered anew"), [Optional()])
    expires_on = DateField(_l("Valid until"), [Optional()])
    renews_id = SelectField(_l("Renews an earlier one"), coerce=int, default=0)
    file = MultipleFileField(_l("Photos or PDF"))

    def offer(self, kinds: Iterable[CredentialKind]) -> None:
        """Let one of these kinds be chosen."""
        self.kind_id.choices = [(0, _("Choose …")), *[(kind.id, kind.name) for kind in kinds]]

    def offer_renewable(self, earlier: Iterable[Credential], names: Mapping[int, str]) -> None:
        """Let one of these be what the certificate renews."""
        self.renews_id.choices = [(0, _("no, it is the first")), *_named(earlier, names)]
        if self.renews_id.data is None:
            self.renews_id.data = 0

    def uploads(self) -> list[FileStorage]:
        """The files that came with the form."""
        return [one for one in self.file.data or [] if getattr(one, "filename", "")]

    def validate_kind_id(self, field: SelectField) -> None:
        if not field.data:
            raise ValidationError(_l("Choose the kind."))

    def facts(self) -> CredentialFacts:
        return CredentialFacts(
            self.kind_id.data,
            self.number.data,
            self.issuer.data,
            self.issued_on.data,
            self.renewed_on.data,
            self.expires_on.data,
            self.renews_id.data or None,
        )


def _named(earlier: Iterable[Credential], names: Mapping[int, str]) -> list[tuple[int, str]]:
    return [
        (
            one.id,
            " ".join(str(part) for part in (names[one.kind_id], one.number, one.issued_on) if part),
        )
        for one in earlier
    ]


class BringForm(CredentialForm):
    """One's own."""


class AddForm(CredentialForm):
    evidence = StringField(_l("Verify at once by"), [Length(max=500)])


class CorrectForm(CredentialForm):
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])


class RenewForm(FlaskForm):
    on = DateField(_l("Registered anew on"), [needed()])


class RevokeForm(FlaskForm):
    on = DateField(_l("Revoked on"), [needed()])
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])


class ReasonForm(FlaskForm):
    reason = TextAreaField(_l("Reason"), [needed(), Length(max=500)])


class EvidenceForm(FlaskForm):
    evidence = StringField(_l("Evidence"), [needed(), Length(max=500)])


class KindRuleForm(FlaskForm):
    valid_from = DateField(_l("Holds from"), [needed()])
    counts_as = SelectField(
        _l("Counted as"),
        choices=[(value.value, text) for value, text in COUNTS_AS.items()],
        coerce=one_of(CountsAs),
    )
    nationally_recognised = BooleanField(_l("Nationally recognised"))
    issuer = StringField(_l("Issued by"), [Length(max=120)])
    number_pattern = StringField(_l("Pattern of the number"), [Length(max=200)])
    renewal_years = IntegerField(_l("To be registered anew every"), [Optional()])
    life_years = IntegerField(_l("Valid for"), [Optional()])
    register_address = StringField(_l("Public register"), [Length(max=300)])
    basis = TextAreaField(_l("Document or basis"), [needed(), Length(max=500)])

    def facts(self) -> KindRuleFacts:
        return KindRuleFacts(
            valid_from=self.valid_from.data,
            counts_as=self.counts_as.data,
            nationally_recognised=self.nationally_recognised.data,
            issuer=self.issuer.data,
            number_pattern=self.number_pattern.data,
            renewal_years=self.renewal_years.data,
            life_years=self.life_years.data,
            register_address=self.register_address.data,
            basis=self.basis.data,
        )


class KindNamesForm(FlaskForm):
    name = StringField(_l("Name"), [needed(), Length(max=80)])
    aliases = TextAreaField(_l("Other names"), [Length(max=2000)])


class AddKindForm(KindNamesForm, KindRuleForm):
    """A new kind with its first rule."""
