"""Certificates: pictures of those people bring, templates, numbers, batches, issued ones, keys, shared wallets."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from migrations.ready_made_certificates import READY_MADE

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_STATES = ("claimed", "verified", "sent_back", "rejected")
_HELD = "state NOT IN ('sent_back', 'rejected')"
_ONE_OF_A_NUMBER = f"number_key IS NOT NULL AND renews_id IS NULL AND {_HELD}"
_ONE_RENEWAL = f"renews_id IS NOT NULL AND {_HELD}"
_REGISTERS = {
    "http://zscx.osta.org.cn/": ("psych_2", "psych_3", "vocational_level"),
    "http://www.cpta.com.cn/": ("social_worker",),
    "https://www.21wecan.com/": ("psychotherapist",),
    "https://www.jszg.edu.cn/": ("teaching_qualification",),
}
_STATES_BEFORE = ("claimed", "verified", "rejected")
_NOT_REJECTED = "number_key IS NOT NULL AND state <> 'rejected'"


def upgrade() -> None:
    op.create_table(
        "signing_keys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column(
            "use",
            sa.Enum(
                "facts", "paper", name="use", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_keys")),
        sa.UniqueConstraint("name", name=op.f("uq_signing_keys_name")),
    )
    with op.batch_alter_table("signing_keys", schema=None) as batch_op:
        batch_op.create_index(
            "uq_signing_keys_current",
            ["use"],
            unique=True,
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.create_table(
        "certificate_images",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "background",
                "seal",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("file_key", sa.String(length=40), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_certificate_images_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_images")),
    )
    with op.batch_alter_table("certificate_images", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_images_unit_id"), ["unit_id"], unique=False
        )

    op.create_table(
        "certificate_templates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "completion",
                "hours",
                "lead_teacher",
                "excellent",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_certificate_templates_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_templates")),
        sa.UniqueConstraint("code", name=op.f("uq_certificate_templates_code")),
        sa.UniqueConstraint(
            "unit_id", "title", name=op.f("uq_certificate_templates_unit_id_title")
        ),
    )
    op.create_table(
        "number_series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(length=40), nullable=False),
        sa.Column("prefix_key", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.CheckConstraint("next_number > 0", name=op.f("ck_number_series_next_number")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_number_series_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_series")),
        sa.UniqueConstraint("prefix_key", "year", name=op.f("uq_number_series_prefix_key_year")),
    )
    with op.batch_alter_table("number_series", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_number_series_unit_id"), ["unit_id"], unique=False)

    op.create_table(
        "certificate_template_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "published",
                "retired",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("design", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"],
            ["certificate_templates.id"],
            name=op.f("fk_certificate_template_versions_template_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_template_versions")),
        sa.UniqueConstraint(
            "template_id",
            "number",
            name=op.f("uq_certificate_template_versions_template_id_number"),
        ),
    )
    with op.batch_alter_table("certificate_template_versions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_certificate_template_versions_draft",
            ["template_id"],
            unique=True,
            sqlite_where=sa.text("status = 'draft'"),
            postgresql_where=sa.text("status = 'draft'"),
        )
        batch_op.create_index(
            "uq_certificate_template_versions_published",
            ["template_id"],
            unique=True,
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )

    op.create_table(
        "wallet_shares",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("token_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.String(length=120), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_wallet_shares_expires_at")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_wallet_shares_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wallet_shares")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_wallet_shares_token_hash")),
    )
    with op.batch_alter_table("wallet_shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wallet_shares_person_id"), ["person_id"], unique=False)

    op.create_table(
        "certificate_batches",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "completion",
                "hours",
                "lead_teacher",
                "excellent",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "training",
                "designation",
                "hand",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source_key", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("prefix", sa.String(length=40), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "issuing",
                "issued",
                "failed",
                "discarded",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_by_name", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_certificate_batches_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["certificate_template_versions.id"],
            name=op.f("fk_certificate_batches_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_batches")),
    )
    with op.batch_alter_table("certificate_batches", schema=None) as batch_op:
        batch_op.create_index("ix_certificate_batches_unit", ["unit_id", "id"], unique=False)

    op.create_table(
        "credential_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("file_key", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["credential_id"], ["credentials.id"], name=op.f("fk_credential_files_credential_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_files")),
    )
    with op.batch_alter_table("credential_files", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_credential_files_credential_id"), ["credential_id"], unique=False
        )
        batch_op.create_index("ix_credential_files_digest", ["digest"], unique=False)

    op.create_table(
        "credential_reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["credential_id"],
            ["credentials.id"],
            name=op.f("fk_credential_reminders_credential_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential_reminders")),
        sa.UniqueConstraint(
            "credential_id",
            "expires_on",
            "days",
            name=op.f("uq_credential_reminders_credential_id_expires_on_days"),
        ),
    )
    op.create_table(
        "certificate_batch_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["batch_id"],
            ["certificate_batches.id"],
            name=op.f("fk_certificate_batch_entries_batch_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_certificate_batch_entries_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_batch_entries")),
        sa.UniqueConstraint(
            "batch_id", "person_id", name=op.f("uq_certificate_batch_entries_batch_id_person_id")
        ),
    )
    with op.batch_alter_table("certificate_batch_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_batch_entries_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "certificates",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("person_unit_id", sa.Integer(), nullable=False),
        sa.Column("person_unit_path", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "completion",
                "hours",
                "lead_teacher",
                "excellent",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "source",
            sa.Enum(
                "training",
                "designation",
                "hand",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("series_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("number_key", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("hours", sa.Numeric(precision=6, scale=1), nullable=True),
        sa.Column("public", sa.JSON(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("key_id", sa.Integer(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "valid",
                "revoked",
                "replaced",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("file_key", sa.String(length=40), nullable=True),
        sa.Column("file_digest", sa.String(length=64), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state = 'valid') = (ended_on IS NULL)", name=op.f("ck_certificates_ended")
        ),
        sa.CheckConstraint("sequence > 0 AND copy >= 0", name=op.f("ck_certificates_number")),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["certificate_batches.id"], name=op.f("fk_certificates_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["key_id"], ["signing_keys.id"], name=op.f("fk_certificates_key_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_certificates_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_unit_id"], ["units.id"], name=op.f("fk_certificates_person_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["certificates.id"], name=op.f("fk_certificates_replaces_id")
        ),
        sa.ForeignKeyConstraint(
            ["series_id"], ["number_series.id"], name=op.f("fk_certificates_series_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_certificates_unit_id")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["certificate_template_versions.id"],
            name=op.f("fk_certificates_version_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificates")),
        sa.UniqueConstraint(
            "series_id", "sequence", "copy", name=op.f("uq_certificates_series_id_sequence_copy")
        ),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index("ix_certificates_batch", ["batch_id", "id"], unique=False)
        batch_op.create_index("ix_certificates_number_key", ["number_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_certificates_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_certificates_person_unit_path"), ["person_unit_path"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_certificates_replaces_id"), ["replaces_id"], unique=False
        )
        batch_op.create_index("ix_certificates_unit", ["unit_id", "id"], unique=False)
        batch_op.create_index(
            "uq_certificates_source",
            ["kind", "source", "source_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("state = 'valid' AND source_id IS NOT NULL"),
            postgresql_where=sa.text("state = 'valid' AND source_id IS NOT NULL"),
        )

    op.create_table(
        "certificate_events",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("certificate_id", sa.Integer(), nullable=False),
        sa.Column(
            "action",
            sa.Enum(
                "issued",
                "revoked",
                "replaced",
                "corrected",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by_account_id", sa.Integer(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"],
            ["certificates.id"],
            name=op.f("fk_certificate_events_certificate_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_events")),
    )
    with op.batch_alter_table("certificate_events", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_certificate_events_certificate_id"), ["certificate_id"], unique=False
        )

    with op.batch_alter_table("credential_kind_rules", schema=None) as batch_op:
        batch_op.add_column(sa.Column("life_years", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("register_address", sa.String(length=300), nullable=True))

    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.add_column(sa.Column("submitted_by", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("renews_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_credentials_renews_id"), ["renews_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_credentials_renews_id"), "credentials", ["renews_id"], ["id"]
        )
    _let_states_be(_STATES, _ONE_OF_A_NUMBER)
    op.create_index(
        "uq_credentials_renewal",
        "credentials",
        ["renews_id"],
        unique=True,
        sqlite_where=sa.text(_ONE_RENEWAL),
        postgresql_where=sa.text(_ONE_RENEWAL),
    )
    _name_registers()
    # What was called rejected could be mended and brought again: it was sent back.
    op.execute("UPDATE credentials SET state = 'sent_back' WHERE state = 'rejected'")
    _add_ready_made_templates()


def _name_registers() -> None:
    """Where anyone can look a certificate up; the bureau changes it with the next rule of the kind."""
    for address, codes in _REGISTERS.items():
        listed = ", ".join(f"'{code}'" for code in codes)
        op.execute(
            f"UPDATE credential_kind_rules SET register_address = '{address}' WHERE kind_id IN"
            f" (SELECT id FROM credential_kinds WHERE code IN ({listed}))"
        )


def _let_states_be(states: tuple[str, ...], counted: str, *, dropped: bool = False) -> None:
    """Another check of the states, and the numbers unique among those that count."""
    listed = ", ".join(f"'{state}'" for state in states)
    if not dropped:
        op.drop_index("uq_credentials_number", table_name="credentials")
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_credentials_state"), type_="check")
        batch_op.create_check_constraint(
            batch_op.f("ck_credentials_state"), sa.text(f"state IN ({listed})")
        )
    op.create_index(
        "uq_credentials_number",
        "credentials",
        ["person_id", "kind_id", "number_key"],
        unique=True,
        sqlite_where=sa.text(counted),
        postgresql_where=sa.text(counted),
    )


def _add_ready_made_templates() -> None:
    now = datetime(2026, 11, 22, tzinfo=UTC)
    templates = sa.table(
        "certificate_templates",
        sa.column("id", sa.Integer),
        sa.column("code", sa.String),
        sa.column("title", sa.String),
        sa.column("kind", sa.String),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("row_version", sa.Integer),
    )
    versions = sa.table(
        "certificate_template_versions",
        sa.column("template_id", sa.Integer),
        sa.column("number", sa.Integer),
        sa.column("status", sa.String),
        sa.column("design", sa.JSON),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("published_at", sa.DateTime(timezone=True)),
        sa.column("row_version", sa.Integer),
    )
    for code, title, design in READY_MADE:
        op.execute(
            sa.insert(templates).values(
                code=code, title=title, kind=code, created_at=now, row_version=1
            )
        )
        made = sa.select(templates.c.id).where(templates.c.code == code).scalar_subquery()
        op.execute(
            sa.insert(versions).values(
                template_id=made,
                number=1,
                status="published",
                design=design,
                created_at=now,
                published_at=now,
                row_version=1,
            )
        )


def downgrade() -> None:
    # Without chains a person holds a number of a kind once.
    op.execute("UPDATE credentials SET state = 'rejected' WHERE state = 'sent_back'")
    op.execute(
        "UPDATE credentials SET state = 'rejected' WHERE renews_id IS NOT NULL AND EXISTS"
        " (SELECT 1 FROM credentials AS other WHERE other.person_id = credentials.person_id"
        " AND other.kind_id = credentials.kind_id AND other.number_key = credentials.number_key"
        " AND other.id <> credentials.id AND other.state <> 'rejected')"
    )
    op.drop_index("uq_credentials_renewal", table_name="credentials")
    op.drop_index("uq_credentials_number", table_name="credentials")
    with op.batch_alter_table("credentials", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_credentials_renews_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_credentials_renews_id"))
        batch_op.drop_column("renews_id")
        batch_op.drop_column("submitted_at")
        batch_op.drop_column("submitted_by")
    _let_states_be(_STATES_BEFORE, _NOT_REJECTED, dropped=True)

    with op.batch_alter_table("credential_kind_rules", schema=None) as batch_op:
        batch_op.drop_column("register_address")
        batch_op.drop_column("life_years")

    with op.batch_alter_table("certificate_events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_events_certificate_id"))

    op.drop_table("certificate_events")
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_certificates_source",
            sqlite_where=sa.text("state = 'valid' AND source_id IS NOT NULL"),
            postgresql_where=sa.text("state = 'valid' AND source_id IS NOT NULL"),
        )
        batch_op.drop_index("ix_certificates_unit")
        batch_op.drop_index(batch_op.f("ix_certificates_replaces_id"))
        batch_op.drop_index(batch_op.f("ix_certificates_person_unit_path"))
        batch_op.drop_index(batch_op.f("ix_certificates_person_id"))
        batch_op.drop_index("ix_certificates_number_key")
        batch_op.drop_index("ix_certificates_batch")

    op.drop_table("certificates")
    with op.batch_alter_table("certificate_batch_entries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_batch_entries_person_id"))

    op.drop_table("certificate_batch_entries")
    op.drop_table("credential_reminders")
    with op.batch_alter_table("credential_files", schema=None) as batch_op:
        batch_op.drop_index("ix_credential_files_digest")
        batch_op.drop_index(batch_op.f("ix_credential_files_credential_id"))

    op.drop_table("credential_files")
    with op.batch_alter_table("certificate_batches", schema=None) as batch_op:
        batch_op.drop_index("ix_certificate_batches_unit")

    op.drop_table("certificate_batches")
    with op.batch_alter_table("wallet_shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wallet_shares_person_id"))

    op.drop_table("wallet_shares")
    with op.batch_alter_table("certificate_template_versions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_certificate_template_versions_published",
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )
        batch_op.drop_index(
            "uq_certificate_template_versions_draft",
            sqlite_where=sa.text("status = 'draft'"),
            postgresql_where=sa.text("status = 'draft'"),
        )

    op.drop_table("certificate_template_versions")
    with op.batch_alter_table("number_series", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_number_series_unit_id"))

    op.drop_table("number_series")
    op.drop_table("certificate_templates")
    with op.batch_alter_table("certificate_images", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_certificate_images_unit_id"))

    op.drop_table("certificate_images")
    with op.batch_alter_table("signing_keys", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_signing_keys_current",
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.drop_table("signing_keys")
