"""Pictures of credentials that people bring, and the reminders of those that expire."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.db import Base, UTCDateTime
from app.domain.certificates.models.credentials import Credential


class CredentialFile(Base):
    """A photo or PDF of a credential, kept encrypted (core.files). ``digest``: finds the same picture used twice."""

    __tablename__ = "credential_files"
    __table_args__ = (Index("ix_credential_files_digest", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credentials.id"), index=True)
    file_key: Mapped[str] = mapped_column(String(40))
    file_name: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(64))
    uploaded_by: Mapped[int | None] = mapped_column(Integer)
    uploaded_at: Mapped[datetime] = mapped_column(UTCDateTime)
    removed_at: Mapped[datetime | None] = mapped_column(UTCDateTime)

    credential: Mapped[Credential] = relationship()


class CredentialReminder(Base):
    """A reminder that a credential expires, given so many days before; never twice."""

    __tablename__ = "credential_reminders"
    __table_args__ = (UniqueConstraint("credential_id", "expires_on", "days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    credential_id: Mapped[int] = mapped_column(ForeignKey("credentials.id", ondelete="CASCADE"))
    expires_on: Mapped[date] = mapped_column(Date)
    days: Mapped[int] = mapped_column(Integer)
    given_at: Mapped[datetime] = mapped_column(UTCDateTime)
