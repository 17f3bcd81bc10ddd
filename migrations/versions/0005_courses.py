"""Online courses: catalogue, lessons, progress, quizzes, packages, recognised hours, layouts of platforms; duties of people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "resumable_uploads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=80), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "received >= 0 AND received <= size", name=op.f("ck_resumable_uploads_received")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resumable_uploads")),
        sa.UniqueConstraint("token", name=op.f("uq_resumable_uploads_token")),
    )
    with op.batch_alter_table("resumable_uploads", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_resumable_uploads_account_id"), ["account_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_resumable_uploads_updated_at"), ["updated_at"], unique=False
        )

    op.create_table(
        "courses",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "own", "external", name="kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("platform", sa.String(length=120), nullable=True),
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column(
            "level",
            sa.Enum(
                "national",
                "provincial",
                "prefecture",
                "county",
                "school",
                "abroad",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("audiences", sa.JSON(), nullable=False),
        sa.Column("credit_hours", sa.Numeric(precision=6, scale=1), nullable=False),
        sa.Column("contact", sa.String(length=200), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "published",
                "ended",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "way",
            sa.Enum(
                "self",
                "nomination",
                name="way",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.Column("eligible_unit_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name=op.f("ck_courses_capacity")),
        sa.CheckConstraint("credit_hours >= 0", name=op.f("ck_courses_credit_hours")),
        sa.CheckConstraint(
            "opens_on IS NULL OR closes_on IS NULL OR closes_on >= opens_on",
            name=op.f("ck_courses_window"),
        ),
        sa.CheckConstraint(
            "taken >= 0 AND (capacity IS NULL OR taken <= capacity)", name=op.f("ck_courses_taken")
        ),
        sa.ForeignKeyConstraint(
            ["eligible_unit_id"], ["units.id"], name=op.f("fk_courses_eligible_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["organiser_id"], ["units.id"], name=op.f("fk_courses_organiser_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courses")),
    )
    with op.batch_alter_table("courses", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_courses_closes_on"), ["closes_on"], unique=False)
        batch_op.create_index("ix_courses_organiser", ["organiser_id", "status"], unique=False)

    op.create_table(
        "platform_mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("platform", sa.String(length=120), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("finished_words", sa.JSON(), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "national",
                "provincial",
                "prefecture",
                "county",
                "school",
                "abroad",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=True),
        sa.Column("hours", sa.Numeric(precision=6, scale=1), nullable=True),
        sa.Column("recognised", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("hours IS NULL OR hours > 0", name=op.f("ck_platform_mappings_hours")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_platform_mappings_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_platform_mappings")),
    )
    with op.batch_alter_table("platform_mappings", schema=None) as batch_op:
        batch_op.create_index(
            "uq_platform_mappings_name",
            ["unit_id", "name"],
            unique=True,
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.create_table(
        "question_banks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_question_banks_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_banks")),
        sa.UniqueConstraint("unit_id", "title", name=op.f("uq_question_banks_unit_id_title")),
    )
    op.create_table(
        "course_media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "video", "pdf", name="kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("file_key", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("seconds", sa.Numeric(precision=9, scale=2), nullable=True),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_course_media_size")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_media_course_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_media")),
    )
    with op.batch_alter_table("course_media", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_course_media_course_id"), ["course_id"], unique=False)

    op.create_table(
        "course_packages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "standard",
            sa.Enum(
                "scorm_12",
                "scorm_2004",
                name="standard",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("folder_key", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("items", sa.JSON(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_packages_course_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_packages")),
    )
    with op.batch_alter_table("course_packages", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_course_packages_course_id"), ["course_id"], unique=False
        )

    op.create_table(
        "course_requirements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "audience",
            sa.Enum(
                "counselors",
                "homeroom_teachers",
                "moral_education_officers",
                "principals",
                "backbone_teachers",
                "subject_teachers",
                "trainers",
                name="audience",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("assigned_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("reminders", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("assigned_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("looked_after_on", sa.Date(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("due_on >= assigned_on", name=op.f("ck_course_requirements_due_on")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_requirements_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_course_requirements_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_requirements")),
    )
    with op.batch_alter_table("course_requirements", schema=None) as batch_op:
        batch_op.create_index(
            "ix_course_requirements_course", ["course_id", "ended_at"], unique=False
        )
        batch_op.create_index(
            "uq_course_requirements_standing",
            ["course_id", "unit_id", "audience"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.create_index(
            batch_op.f("ix_course_requirements_unit_id"), ["unit_id"], unique=False
        )

    op.create_table(
        "course_trainers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_course_trainers_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"],
            ["courses.id"],
            name=op.f("fk_course_trainers_course_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_trainers")),
        sa.UniqueConstraint(
            "course_id", "account_id", name=op.f("uq_course_trainers_course_id_account_id")
        ),
    )
    with op.batch_alter_table("course_trainers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_course_trainers_account_id"), ["account_id"], unique=False
        )

    op.create_table(
        "course_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
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
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_versions_course_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_versions")),
        sa.UniqueConstraint(
            "course_id", "number", name=op.f("uq_course_versions_course_id_number")
        ),
    )
    with op.batch_alter_table("course_versions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_course_versions_draft",
            ["course_id"],
            unique=True,
            sqlite_where=sa.text("status = 'draft'"),
            postgresql_where=sa.text("status = 'draft'"),
        )
        batch_op.create_index(
            "uq_course_versions_published",
            ["course_id"],
            unique=True,
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )

    op.create_table(
        "person_duties",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "duty",
            sa.Enum(
                "homeroom_teacher",
                "moral_education_officer",
                "principal",
                "backbone_teacher",
                "subject_teacher",
                name="duty",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("end_note", sa.Text(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_person_duties_period")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_person_duties_person_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_person_duties_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_duties")),
    )
    with op.batch_alter_table("person_duties", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_person_duties_import_id"), ["import_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_person_duties_person_id"), ["person_id"], unique=False)
        batch_op.create_index("ix_person_duties_unit_id", ["unit_id", "duty"], unique=False)
        batch_op.create_index(
            "uq_person_duties_open",
            ["person_id", "unit_id", "duty"],
            unique=True,
            sqlite_where=sa.text("valid_until IS NULL"),
            postgresql_where=sa.text("valid_until IS NULL"),
        )

    op.create_table(
        "questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "single",
                "multiple",
                "true_false",
                "fill_in",
                "short_answer",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["question_banks.id"], name=op.f("fk_questions_bank_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questions")),
        sa.UniqueConstraint("bank_id", "code", name=op.f("uq_questions_bank_id_code")),
    )
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.create_index("ix_questions_bank", ["bank_id", "topic"], unique=False)

    op.create_table(
        "course_reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("requirement_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "assigned",
                "due_soon",
                "due_today",
                "overdue",
                "nudge",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_course_reminders_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"],
            ["course_requirements.id"],
            name=op.f("fk_course_reminders_requirement_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_reminders")),
        sa.UniqueConstraint(
            "requirement_id",
            "person_id",
            "kind",
            "due_on",
            "days",
            name=op.f("uq_course_reminders_requirement_id_person_id_kind_due_on_days"),
        ),
    )
    with op.batch_alter_table("course_reminders", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_course_reminders_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "course_sections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_course_sections_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_sections")),
    )
    with op.batch_alter_table("course_sections", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_course_sections_version_id"), ["version_id"], unique=False
        )

    op.create_table(
        "hour_recognitions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("unit_path", sa.String(length=200), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("event_key", sa.String(length=200), nullable=False),
        sa.Column("platform", sa.String(length=120), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "national",
                "provincial",
                "prefecture",
                "county",
                "school",
                "abroad",
                name="level",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("started_on", sa.Date(), nullable=True),
        sa.Column("finished_on", sa.Date(), nullable=False),
        sa.Column("hours_claimed", sa.Numeric(precision=6, scale=1), nullable=False),
        sa.Column("hours_recognised", sa.Numeric(precision=6, scale=1), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("file_key", sa.String(length=40), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("content_type", sa.String(length=100), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "submitted",
                "checked",
                "recognised",
                "sent_back",
                "withdrawn",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("submitted_by", sa.Integer(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_by", sa.Integer(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("training_record_id", sa.Integer(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("hours_claimed > 0", name=op.f("ck_hour_recognitions_hours_claimed")),
        sa.CheckConstraint(
            "hours_recognised IS NULL OR hours_recognised >= 0",
            name=op.f("ck_hour_recognitions_hours_recognised"),
        ),
        sa.CheckConstraint(
            "started_on IS NULL OR finished_on >= started_on",
            name=op.f("ck_hour_recognitions_period"),
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_hour_recognitions_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_hour_recognitions_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["training_record_id"],
            ["training_records.id"],
            name=op.f("fk_hour_recognitions_training_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_hour_recognitions_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hour_recognitions")),
    )
    with op.batch_alter_table("hour_recognitions", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_hour_recognitions_course_id"), ["course_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_hour_recognitions_import_id"), ["import_id"], unique=False
        )
        batch_op.create_index(
            "ix_hour_recognitions_queue", ["status", "unit_path", "id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_hour_recognitions_training_record_id"),
            ["training_record_id"],
            unique=False,
        )
        batch_op.create_index(
            "uq_hour_recognitions_standing",
            ["person_id", "event_key"],
            unique=True,
            sqlite_where=sa.text("status IN ('submitted', 'checked', 'recognised')"),
            postgresql_where=sa.text("status IN ('submitted', 'checked', 'recognised')"),
        )

    op.create_table(
        "question_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("stem", sa.Text(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["questions.id"],
            name=op.f("fk_question_revisions_question_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question_revisions")),
        sa.UniqueConstraint(
            "question_id", "number", name=op.f("uq_question_revisions_question_id_number")
        ),
    )
    with op.batch_alter_table("question_revisions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_question_revisions_current",
            ["question_id"],
            unique=True,
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )

    op.create_table(
        "lessons",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("section_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "text",
                "video",
                "pdf",
                "quiz",
                "assignment",
                "link",
                "package",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column("media_id", sa.Integer(), nullable=True),
        sa.Column("package_id", sa.Integer(), nullable=True),
        sa.Column("seek_ahead", sa.Boolean(), nullable=False),
        sa.Column("complete_at", sa.Integer(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("complete_at BETWEEN 1 AND 100", name=op.f("ck_lessons_complete_at")),
        sa.CheckConstraint("minutes IS NULL OR minutes > 0", name=op.f("ck_lessons_minutes")),
        sa.ForeignKeyConstraint(
            ["media_id"], ["course_media.id"], name=op.f("fk_lessons_media_id")
        ),
        sa.ForeignKeyConstraint(
            ["package_id"], ["course_packages.id"], name=op.f("fk_lessons_package_id")
        ),
        sa.ForeignKeyConstraint(
            ["section_id"],
            ["course_sections.id"],
            name=op.f("fk_lessons_section_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["course_versions.id"],
            name=op.f("fk_lessons_version_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
        sa.UniqueConstraint("version_id", "key", name=op.f("uq_lessons_version_id_key")),
    )
    with op.batch_alter_table("lessons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lessons_media_id"), ["media_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lessons_package_id"), ["package_id"], unique=False)
        batch_op.create_index("ix_lessons_section", ["section_id", "position"], unique=False)

    op.create_table(
        "course_enrolments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("course_id", sa.Integer(), nullable=False),
        sa.Column("version_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("unit_path", sa.String(length=200), nullable=False),
        sa.Column(
            "source",
            sa.Enum(
                "self",
                "nominated",
                "assigned",
                "reported",
                name="source",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "status",
            sa.Enum(
                "enrolled",
                "completed",
                "withdrawn",
                "not_completed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("enrolled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("enrolled_by", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_active_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_lesson_id", sa.Integer(), nullable=True),
        sa.Column("required", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("watch_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("watch_ahead", sa.Float(), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("score", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("credit_hours", sa.Numeric(precision=6, scale=1), nullable=True),
        sa.Column("training_record_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "done >= 0 AND done <= required", name=op.f("ck_course_enrolments_done")
        ),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_enrolments_course_id")
        ),
        sa.ForeignKeyConstraint(
            ["last_lesson_id"], ["lessons.id"], name=op.f("fk_course_enrolments_last_lesson_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_course_enrolments_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["training_record_id"],
            ["training_records.id"],
            name=op.f("fk_course_enrolments_training_record_id"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_course_enrolments_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["course_versions.id"], name=op.f("fk_course_enrolments_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_course_enrolments")),
    )
    with op.batch_alter_table("course_enrolments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_course_enrolments_course", ["course_id", "status", "id"], unique=False
        )
        batch_op.create_index("ix_course_enrolments_person", ["person_id", "status"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_course_enrolments_training_record_id"),
            ["training_record_id"],
            unique=False,
        )
        batch_op.create_index(
            batch_op.f("ix_course_enrolments_unit_path"), ["unit_path"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_course_enrolments_version_id"), ["version_id"], unique=False
        )
        batch_op.create_index(
            "uq_course_enrolments_held",
            ["course_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("status IN ('enrolled', 'completed')"),
            postgresql_where=sa.text("status IN ('enrolled', 'completed')"),
        )

    op.create_table(
        "lesson_prerequisites",
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("requires_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("lesson_id <> requires_id", name=op.f("ck_lesson_prerequisites_itself")),
        sa.ForeignKeyConstraint(
            ["lesson_id"],
            ["lessons.id"],
            name=op.f("fk_lesson_prerequisites_lesson_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["requires_id"],
            ["lessons.id"],
            name=op.f("fk_lesson_prerequisites_requires_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("lesson_id", "requires_id", name=op.f("pk_lesson_prerequisites")),
    )
    with op.batch_alter_table("lesson_prerequisites", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_lesson_prerequisites_requires_id"), ["requires_id"], unique=False
        )

    op.create_table(
        "quizzes",
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("pass_percent", sa.Integer(), nullable=False),
        sa.Column(
            "answers_shown",
            sa.Enum(
                "after_attempt",
                "after_passing",
                "never",
                name="answers_shown",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("shuffles", sa.Boolean(), nullable=False),
        sa.CheckConstraint("attempts IS NULL OR attempts > 0", name=op.f("ck_quizzes_attempts")),
        sa.CheckConstraint("minutes IS NULL OR minutes > 0", name=op.f("ck_quizzes_minutes")),
        sa.CheckConstraint("pass_percent BETWEEN 0 AND 100", name=op.f("ck_quizzes_pass_percent")),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_quizzes_lesson_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("lesson_id", name=op.f("pk_quizzes")),
    )
    op.create_table(
        "lesson_hand_ins",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("file_key", sa.String(length=40), nullable=True),
        sa.Column("file_name", sa.String(length=200), nullable=True),
        sa.Column("content_type", sa.String(length=100), nullable=True),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "handed_in",
                "accepted",
                "returned",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("marks", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=True),
        sa.Column("marked_by", sa.Integer(), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "marks IS NULL OR marks BETWEEN 0 AND 100", name=op.f("ck_lesson_hand_ins_marks")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["course_enrolments.id"],
            name=op.f("fk_lesson_hand_ins_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_lesson_hand_ins_lesson_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_hand_ins")),
        sa.UniqueConstraint(
            "enrolment_id",
            "lesson_id",
            "number",
            name=op.f("uq_lesson_hand_ins_enrolment_id_lesson_id_number"),
        ),
    )
    with op.batch_alter_table("lesson_hand_ins", schema=None) as batch_op:
        batch_op.create_index("ix_lesson_hand_ins_lesson", ["lesson_id", "status"], unique=False)

    op.create_table(
        "lesson_progress",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "started",
                "completed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("watched", sa.JSON(), nullable=False),
        sa.Column("watched_seconds", sa.Float(), nullable=False),
        sa.Column("position", sa.Float(), nullable=False),
        sa.Column("position_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("score", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.CheckConstraint("watched_seconds >= 0", name=op.f("ck_lesson_progress_watched_seconds")),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["course_enrolments.id"],
            name=op.f("fk_lesson_progress_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_lesson_progress_lesson_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson_progress")),
        sa.UniqueConstraint(
            "enrolment_id", "lesson_id", name=op.f("uq_lesson_progress_enrolment_id_lesson_id")
        ),
    )
    with op.batch_alter_table("lesson_progress", schema=None) as batch_op:
        batch_op.create_index("ix_lesson_progress_lesson", ["lesson_id", "status"], unique=False)

    op.create_table(
        "package_states",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("item", sa.String(length=200), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Float(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["course_enrolments.id"],
            name=op.f("fk_package_states_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_package_states_lesson_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package_states")),
        sa.UniqueConstraint(
            "enrolment_id",
            "lesson_id",
            "item",
            name=op.f("uq_package_states_enrolment_id_lesson_id_item"),
        ),
    )
    op.create_table(
        "quiz_attempts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "running",
                "submitted",
                "marked",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("marks", sa.Numeric(precision=7, scale=2), nullable=True),
        sa.Column("maximum", sa.Numeric(precision=7, scale=2), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["course_enrolments.id"],
            name=op.f("fk_quiz_attempts_enrolment_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_quiz_attempts_lesson_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_attempts")),
        sa.UniqueConstraint(
            "enrolment_id",
            "lesson_id",
            "number",
            name=op.f("uq_quiz_attempts_enrolment_id_lesson_id_number"),
        ),
    )
    with op.batch_alter_table("quiz_attempts", schema=None) as batch_op:
        batch_op.create_index("ix_quiz_attempts_deadline", ["status", "deadline_at"], unique=False)
        batch_op.create_index("ix_quiz_attempts_lesson", ["lesson_id", "status"], unique=False)
        batch_op.create_index(
            "uq_quiz_attempts_running",
            ["enrolment_id", "lesson_id"],
            unique=True,
            sqlite_where=sa.text("status = 'running'"),
            postgresql_where=sa.text("status = 'running'"),
        )

    op.create_table(
        "quiz_draws",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("bank_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("marks", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.CheckConstraint("count > 0", name=op.f("ck_quiz_draws_count")),
        sa.CheckConstraint("marks > 0", name=op.f("ck_quiz_draws_marks")),
        sa.ForeignKeyConstraint(
            ["bank_id"], ["question_banks.id"], name=op.f("fk_quiz_draws_bank_id")
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"],
            ["quizzes.lesson_id"],
            name=op.f("fk_quiz_draws_lesson_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quiz_draws")),
    )
    with op.batch_alter_table("quiz_draws", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_quiz_draws_bank_id"), ["bank_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_quiz_draws_lesson_id"), ["lesson_id"], unique=False)

    op.create_table(
        "required_learners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("requirement_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["enrolment_id"],
            ["course_enrolments.id"],
            name=op.f("fk_required_learners_enrolment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_required_learners_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"],
            ["course_requirements.id"],
            name=op.f("fk_required_learners_requirement_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_required_learners")),
        sa.UniqueConstraint(
            "requirement_id",
            "person_id",
            name=op.f("uq_required_learners_requirement_id_person_id"),
        ),
    )
    with op.batch_alter_table("required_learners", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_required_learners_enrolment_id"), ["enrolment_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_required_learners_person_id"), ["person_id"], unique=False
        )

    op.create_table(
        "attempt_items",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision_id", sa.Integer(), nullable=False),
        sa.Column("shown_order", sa.JSON(), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("saved_number", sa.Integer(), nullable=False),
        sa.Column("maximum", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("marks", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("marked_by", sa.Integer(), nullable=True),
        sa.Column("feedback", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "marks IS NULL OR (marks >= 0 AND marks <= maximum)",
            name=op.f("ck_attempt_items_marks"),
        ),
        sa.ForeignKeyConstraint(
            ["attempt_id"],
            ["quiz_attempts.id"],
            name=op.f("fk_attempt_items_attempt_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["question_revisions.id"], name=op.f("fk_attempt_items_revision_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempt_items")),
        sa.UniqueConstraint(
            "attempt_id", "position", name=op.f("uq_attempt_items_attempt_id_position")
        ),
    )
    with op.batch_alter_table("attempt_items", schema=None) as batch_op:
        batch_op.create_index("ix_attempt_items_revision", ["revision_id"], unique=False)

    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mapping_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_imports_mapping_id"), ["mapping_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_imports_mapping_id"), "platform_mappings", ["mapping_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("imports", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_imports_mapping_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_imports_mapping_id"))
        batch_op.drop_column("mapping_id")

    with op.batch_alter_table("attempt_items", schema=None) as batch_op:
        batch_op.drop_index("ix_attempt_items_revision")

    op.drop_table("attempt_items")
    with op.batch_alter_table("required_learners", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_required_learners_person_id"))
        batch_op.drop_index(batch_op.f("ix_required_learners_enrolment_id"))

    op.drop_table("required_learners")
    with op.batch_alter_table("quiz_draws", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_quiz_draws_lesson_id"))
        batch_op.drop_index(batch_op.f("ix_quiz_draws_bank_id"))

    op.drop_table("quiz_draws")
    with op.batch_alter_table("quiz_attempts", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_quiz_attempts_running",
            sqlite_where=sa.text("status = 'running'"),
            postgresql_where=sa.text("status = 'running'"),
        )
        batch_op.drop_index("ix_quiz_attempts_lesson")
        batch_op.drop_index("ix_quiz_attempts_deadline")

    op.drop_table("quiz_attempts")
    op.drop_table("package_states")
    with op.batch_alter_table("lesson_progress", schema=None) as batch_op:
        batch_op.drop_index("ix_lesson_progress_lesson")

    op.drop_table("lesson_progress")
    with op.batch_alter_table("lesson_hand_ins", schema=None) as batch_op:
        batch_op.drop_index("ix_lesson_hand_ins_lesson")

    op.drop_table("lesson_hand_ins")
    op.drop_table("quizzes")
    with op.batch_alter_table("lesson_prerequisites", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lesson_prerequisites_requires_id"))

    op.drop_table("lesson_prerequisites")
    with op.batch_alter_table("course_enrolments", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_course_enrolments_held",
            sqlite_where=sa.text("status IN ('enrolled', 'completed')"),
            postgresql_where=sa.text("status IN ('enrolled', 'completed')"),
        )
        batch_op.drop_index(batch_op.f("ix_course_enrolments_version_id"))
        batch_op.drop_index(batch_op.f("ix_course_enrolments_unit_path"))
        batch_op.drop_index(batch_op.f("ix_course_enrolments_training_record_id"))
        batch_op.drop_index("ix_course_enrolments_person")
        batch_op.drop_index("ix_course_enrolments_course")

    op.drop_table("course_enrolments")
    with op.batch_alter_table("lessons", schema=None) as batch_op:
        batch_op.drop_index("ix_lessons_section")
        batch_op.drop_index(batch_op.f("ix_lessons_package_id"))
        batch_op.drop_index(batch_op.f("ix_lessons_media_id"))

    op.drop_table("lessons")
    with op.batch_alter_table("question_revisions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_question_revisions_current",
            sqlite_where=sa.text("current"),
            postgresql_where=sa.text("current"),
        )

    op.drop_table("question_revisions")
    with op.batch_alter_table("hour_recognitions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_hour_recognitions_standing",
            sqlite_where=sa.text("status IN ('submitted', 'checked', 'recognised')"),
            postgresql_where=sa.text("status IN ('submitted', 'checked', 'recognised')"),
        )
        batch_op.drop_index(batch_op.f("ix_hour_recognitions_training_record_id"))
        batch_op.drop_index("ix_hour_recognitions_queue")
        batch_op.drop_index(batch_op.f("ix_hour_recognitions_import_id"))
        batch_op.drop_index(batch_op.f("ix_hour_recognitions_course_id"))

    op.drop_table("hour_recognitions")
    with op.batch_alter_table("course_sections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_sections_version_id"))

    op.drop_table("course_sections")
    with op.batch_alter_table("course_reminders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_reminders_person_id"))

    op.drop_table("course_reminders")
    with op.batch_alter_table("questions", schema=None) as batch_op:
        batch_op.drop_index("ix_questions_bank")

    op.drop_table("questions")
    with op.batch_alter_table("person_duties", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_person_duties_open",
            sqlite_where=sa.text("valid_until IS NULL"),
            postgresql_where=sa.text("valid_until IS NULL"),
        )
        batch_op.drop_index("ix_person_duties_unit_id")
        batch_op.drop_index(batch_op.f("ix_person_duties_person_id"))
        batch_op.drop_index(batch_op.f("ix_person_duties_import_id"))

    op.drop_table("person_duties")
    with op.batch_alter_table("course_versions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_course_versions_published",
            sqlite_where=sa.text("status = 'published'"),
            postgresql_where=sa.text("status = 'published'"),
        )
        batch_op.drop_index(
            "uq_course_versions_draft",
            sqlite_where=sa.text("status = 'draft'"),
            postgresql_where=sa.text("status = 'draft'"),
        )

    op.drop_table("course_versions")
    with op.batch_alter_table("course_trainers", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_trainers_account_id"))

    op.drop_table("course_trainers")
    with op.batch_alter_table("course_requirements", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_requirements_unit_id"))
        batch_op.drop_index(
            "uq_course_requirements_standing",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index("ix_course_requirements_course")

    op.drop_table("course_requirements")
    with op.batch_alter_table("course_packages", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_packages_course_id"))

    op.drop_table("course_packages")
    with op.batch_alter_table("course_media", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_course_media_course_id"))

    op.drop_table("course_media")
    op.drop_table("question_banks")
    with op.batch_alter_table("platform_mappings", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_platform_mappings_name",
            sqlite_where=sa.text("retired_at IS NULL"),
            postgresql_where=sa.text("retired_at IS NULL"),
        )

    op.drop_table("platform_mappings")
    with op.batch_alter_table("courses", schema=None) as batch_op:
        batch_op.drop_index("ix_courses_organiser")
        batch_op.drop_index(batch_op.f("ix_courses_closes_on"))

    op.drop_table("courses")
    with op.batch_alter_table("resumable_uploads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resumable_uploads_updated_at"))
        batch_op.drop_index(batch_op.f("ix_resumable_uploads_account_id"))

    op.drop_table("resumable_uploads")
