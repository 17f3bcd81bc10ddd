"""Credential kinds with dated rules, and the credentials people hold."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, UTCDateTime, enum_column
from app.domain.certificates.rules import CountsAs, CredentialState
from app.domain.people.models import Person

_HELD = "state NOT IN ('sent_back', 'rejected')"
_ONE_RENEWAL = f"renews_id IS NOT NULL AND {_HELD}"
# A renewal may bear the number of what it renews; each is renewed once, so numbers stay apart along a chain, too.
_ONE_OF_A_NUMBER = f"number_key IS NOT NULL AND renews_id IS NULL AND {_HELD}"


class CredentialKind(Base):
    """A kind of credential, by its usual name; what it is worth is in its dated rules."""

    __tablename__ = "credential_kinds"
    __counted__ = True

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    aliases: Mapped[str] = mapped_column(Text, default="")  # one a line, as workbooks write it

    rules: Mapped[list[CredentialKindRule]] = relationship(
        back_populates="kind", order_by="CredentialKindRule.valid_from"
    )


class CredentialKindRule(Base):
    """What holds of a kind from a day until a day: issuer, pattern, rank, whether nationally recognised."""

    __tablename__ = "credential_kind_rules"
    __counted__ = True
    __table_args__ = (
        CheckConstraint(
            "valid_until IS NULL OR valid_from IS NULL OR valid_until >= valid_from", name="period"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("credential_kinds.id"), index=True)
    issuer: Mapped[str | None] = mapped_column(String(120))
    number_pattern: Mapped[str | None] = mapped_column(String(200))
    renewal_years: Mapped[int | None] = mapped_column(Integer)
    life_years: Mapped[int | None] = mapped_column(Integer)  # expires so long after its issue
    register_address: Mapped[str | None] = mapped_column(String(300))  # where anyone can look it up
    counts_as: Mapped[CountsAs] = mapped_column(enum_column(CountsAs, "counts_as"))
    rank: Mapped[int] = mapped_column(Integer)
    nationally_recognised: Mapped[bool] = mapped_column(Boolean)
    basis: Mapped[str | None] = mapped_column(Text)
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)

    kind: Mapped[CredentialKind] = relationship(back_populates="rules")


class Credential(Base):
    """A certificate a person brought: claimed, then verified or rejected by somebody's act, evidence named.

    Without ``issued_on`` it counts from ``recorded_for``, the day it was recorded for. ``renews_id``: what it renews.
    """

    __tablename__ = "credentials"
    __counted__ = True
    __table_args__ = (
        Index(
            "uq_credentials_number",
            "person_id",
            "kind_id",
            "number_key",
            unique=True,
            sqlite_where=text(_ONE_OF_A_NUMBER),
            postgresql_where=text(_ONE_OF_A_NUMBER),
        ),
        Index(
            "uq_credentials_renewal",
            "renews_id",
            unique=True,
            sqlite_where=text(_ONE_RENEWAL),
            postgresql_where=text(_ONE_RENEWAL),
        ),
        Index("ix_credentials_number_key", "number_key"),
        CheckConstraint(
            "expires_on IS NULL OR issued_on IS NULL OR expires_on >= issued_on", name="life"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("credential_kinds.id"))
    number: Mapped[str | None] = mapped_column(String(60))
    number_key: Mapped[str | None] = mapped_column(String(60))
    issuer: Mapped[str | None] = mapped_column(String(120))
    issued_on: Mapped[date | None] = mapped_column(Date)
    recorded_for: Mapped[date] = mapped_column(Date)
    renewed_on: Mapped[date | None] = mapped_column(Date)  # last registered anew
    expires_on: Mapped[date | None] = mapped_column(Date)
    revoked_on: Mapped[date | None] = mapped_column(Date)
    revocation_reason: Mapped[str | None] = mapped_column(Text)
    state: Mapped[CredentialState] = mapped_column(enum_column(CredentialState, "state"))
    evidence: Mapped[str | None] = mapped_column(Text)
    decided_by: Mapped[int | None] = mapped_column(Integer)
    decided_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    decision_reason: Mapped[str | None] = mapped_column(Text)
    submitted_by: Mapped[int | None] = mapped_column(Integer)
    submitted_at: Mapped[datetime | None] = mapped_column(UTCDateTime)
    renews_id: Mapped[int | None] = mapped_column(ForeignKey("credentials.id"), index=True)
    import_id: Mapped[int | None] = mapped_column(Integer, index=True)

    person: Mapped[Person] = relationship()
    kind: Mapped[CredentialKind] = relationship()
