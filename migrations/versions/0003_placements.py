"""Placements: base schools' offers, cohorts, nominations, matching, the semester and its appraisal.

Placements known from workbooks before become completed ones of imported cohorts. The seats of counties are public
geography (WGS 84, to a kilometre or so); they serve to weigh distances.
"""

from __future__ import annotations

import itertools
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


# code: latitude, longitude of the seat
SEATS = {
    "530900": (23.884, 100.089),
    "530902": (23.895, 100.083),
    "530921": (24.580, 99.928),
    "530922": (24.444, 100.123),
    "530923": (24.018, 99.259),
    "530924": (23.762, 98.825),
    "530925": (23.473, 99.828),
    "530926": (23.538, 99.397),
    "530927": (23.147, 99.246),
    "532300": (25.045, 101.528),
    "532301": (25.046, 101.546),
    "532302": (25.150, 102.079),
    "532322": (24.689, 101.642),
    "532323": (25.313, 101.546),
    "532324": (25.192, 101.274),
    "532325": (25.504, 101.242),
    "532326": (25.730, 101.337),
    "532327": (26.049, 101.671),
    "532328": (25.704, 101.875),
    "532329": (25.530, 102.404),
}
RESULTS = {"优秀": "excellent", "合格": "passed", "不合格": "failed"}


def upgrade() -> None:
    op.create_table(
        "base_school_capacities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "primary",
                "junior",
                "nine_year",
                "complete_secondary",
                "senior",
                "vocational",
                "special",
                "teaching_point",
                "kindergarten",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("subject", sa.String(length=40), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.CheckConstraint("seats > 0", name=op.f("ck_base_school_capacities_seats")),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from",
            name=op.f("ck_base_school_capacities_period"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_base_school_capacities_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_school_capacities")),
    )
    with op.batch_alter_table("base_school_capacities", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_base_school_capacities_unit_id"), ["unit_id"], unique=False
        )

    op.create_table(
        "placement_cohorts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("event_key", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "open",
                "confirmed",
                "completed",
                "cancelled",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("nominations_open_on", sa.Date(), nullable=True),
        sa.Column("nominations_close_on", sa.Date(), nullable=True),
        sa.Column(
            "seat_policy",
            sa.Enum(
                "quotas",
                "gap_first",
                name="seat_policy",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("required_hours", sa.Numeric(precision=6, scale=1), nullable=False),
        sa.Column("credit_hours", sa.Numeric(precision=6, scale=1), nullable=False),
        sa.Column("required_observations", sa.Integer(), nullable=False),
        sa.Column("required_lessons", sa.Integer(), nullable=False),
        sa.Column("required_group_sessions", sa.Integer(), nullable=False),
        sa.Column("required_case_sessions", sa.Integer(), nullable=False),
        sa.Column("required_attendance", sa.Integer(), nullable=False),
        sa.Column(
            "log_rhythm",
            sa.Enum(
                "day",
                "week",
                name="log_rhythm",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("log_grace_days", sa.Integer(), nullable=False),
        sa.Column("mid_term_on", sa.Date(), nullable=True),
        sa.Column("plan", sa.Text(), nullable=True),
        sa.Column("imported", sa.Boolean(), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_placement_cohorts_period")),
        sa.CheckConstraint(
            "log_grace_days BETWEEN 0 AND 60", name=op.f("ck_placement_cohorts_log_grace_days")
        ),
        sa.CheckConstraint(
            "nominations_close_on >= nominations_open_on",
            name=op.f("ck_placement_cohorts_nominations"),
        ),
        sa.CheckConstraint(
            "required_attendance BETWEEN 0 AND 100", name=op.f("ck_placement_cohorts_attendance")
        ),
        sa.CheckConstraint(
            "required_hours >= 0 AND credit_hours >= 0", name=op.f("ck_placement_cohorts_hours")
        ),
        sa.CheckConstraint(
            "required_observations >= 0 AND required_lessons >= 0 AND required_group_sessions >= 0 AND required_case_sessions >= 0",
            name=op.f("ck_placement_cohorts_counters"),
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_placement_cohorts_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_cohorts")),
        sa.UniqueConstraint(
            "unit_id", "event_key", name=op.f("uq_placement_cohorts_unit_id_event_key")
        ),
    )
    with op.batch_alter_table("placement_cohorts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_placement_cohorts_import_id"), ["import_id"], unique=False
        )
        batch_op.create_index("ix_placement_cohorts_starts_on", ["starts_on"], unique=False)

    op.create_table(
        "unit_locations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.CheckConstraint("latitude BETWEEN -90 AND 90", name=op.f("ck_unit_locations_latitude")),
        sa.CheckConstraint(
            "longitude BETWEEN -180 AND 180", name=op.f("ck_unit_locations_longitude")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_unit_locations_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_locations")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_unit_locations_unit_id")),
    )
    op.create_table(
        "mentors",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("trainee_limit", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "primary",
                "junior",
                "nine_year",
                "complete_secondary",
                "senior",
                "vocational",
                "special",
                "teaching_point",
                "kindergarten",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("subject", sa.String(length=40), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("trainee_limit > 0", name=op.f("ck_mentors_trainee_limit")),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from", name=op.f("ck_mentors_period")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_mentors_person_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_mentors_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentors")),
    )
    with op.batch_alter_table("mentors", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mentors_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_mentors_open",
            ["unit_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("valid_until IS NULL"),
            postgresql_where=sa.text("valid_until IS NULL"),
        )

    op.create_table(
        "placement_cohort_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("file_key", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["placement_cohorts.id"],
            name=op.f("fk_placement_cohort_files_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_cohort_files")),
    )
    with op.batch_alter_table("placement_cohort_files", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_placement_cohort_files_cohort_id"), ["cohort_id"], unique=False
        )

    op.create_table(
        "placement_criteria",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(
                "mid_term",
                "final",
                name="phase",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "weight > 0 AND weight <= 100", name=op.f("ck_placement_criteria_weight")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["placement_cohorts.id"],
            name=op.f("fk_placement_criteria_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_criteria")),
        sa.UniqueConstraint(
            "cohort_id",
            "phase",
            "position",
            name=op.f("uq_placement_criteria_cohort_id_phase_position"),
        ),
    )
    op.create_table(
        "placement_matching_runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("weights", sa.JSON(), nullable=False),
        sa.Column("nominees", sa.Integer(), nullable=False),
        sa.Column("placed", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("input_digest", sa.String(length=64), nullable=False),
        sa.Column("run_by", sa.Integer(), nullable=True),
        sa.Column("run_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["placement_cohorts.id"],
            name=op.f("fk_placement_matching_runs_cohort_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_matching_runs")),
    )
    with op.batch_alter_table("placement_matching_runs", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_placement_matching_runs_cohort_id"), ["cohort_id"], unique=False
        )

    op.create_table(
        "placement_nominations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("motivation", sa.Text(), nullable=False),
        sa.Column("preferences", sa.JSON(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "primary",
                "junior",
                "nine_year",
                "complete_secondary",
                "senior",
                "vocational",
                "special",
                "teaching_point",
                "kindergarten",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("subject", sa.String(length=40), nullable=True),
        sa.Column(
            "status",
            sa.Enum(
                "submitted",
                "approved",
                "sent_back",
                "rejected",
                "withdrawn",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("nominated_by", sa.Integer(), nullable=True),
        sa.Column("nominated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_by", sa.Integer(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("release_note", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.Text(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint("rank > 0", name=op.f("ck_placement_nominations_rank")),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["placement_cohorts.id"], name=op.f("fk_placement_nominations_cohort_id")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_placement_nominations_person_id")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["units.id"], name=op.f("fk_placement_nominations_school_id")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_placement_nominations_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_nominations")),
    )
    with op.batch_alter_table("placement_nominations", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_placement_nominations_person_id"), ["person_id"], unique=False
        )
        batch_op.create_index("ix_placement_nominations_unit", ["unit_id", "status"], unique=False)
        batch_op.create_index(
            "uq_placement_nominations_person",
            ["cohort_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("status NOT IN ('withdrawn', 'rejected')"),
            postgresql_where=sa.text("status NOT IN ('withdrawn', 'rejected')"),
        )
        batch_op.create_index(
            "uq_placement_nominations_rank",
            ["cohort_id", "unit_id", "rank"],
            unique=True,
            sqlite_where=sa.text("status NOT IN ('withdrawn', 'rejected')"),
            postgresql_where=sa.text("status NOT IN ('withdrawn', 'rejected')"),
        )

    op.create_table(
        "placement_quotas",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_placement_quotas_seats")),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["placement_cohorts.id"],
            name=op.f("fk_placement_quotas_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_placement_quotas_unit_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_quotas")),
        sa.UniqueConstraint(
            "cohort_id", "unit_id", name=op.f("uq_placement_quotas_cohort_id_unit_id")
        ),
    )
    op.create_table(
        "placement_seats",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("base_school_id", sa.Integer(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "primary",
                "junior",
                "nine_year",
                "complete_secondary",
                "senior",
                "vocational",
                "special",
                "teaching_point",
                "kindergarten",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("subject", sa.String(length=40), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_placement_seats_seats")),
        sa.CheckConstraint("taken BETWEEN 0 AND seats", name=op.f("ck_placement_seats_taken")),
        sa.ForeignKeyConstraint(
            ["base_school_id"], ["units.id"], name=op.f("fk_placement_seats_base_school_id")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["placement_cohorts.id"],
            name=op.f("fk_placement_seats_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_seats")),
    )
    with op.batch_alter_table("placement_seats", schema=None) as batch_op:
        batch_op.create_index(
            "ix_placement_seats_cohort", ["cohort_id", "base_school_id"], unique=False
        )

    op.create_table(
        "placement_mentor_loads",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("mentor_id", sa.Integer(), nullable=False),
        sa.Column("trainee_limit", sa.Integer(), nullable=False),
        sa.Column("trainees", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "trainees BETWEEN 0 AND trainee_limit", name=op.f("ck_placement_mentor_loads_trainees")
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["placement_cohorts.id"],
            name=op.f("fk_placement_mentor_loads_cohort_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["mentors.id"], name=op.f("fk_placement_mentor_loads_mentor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_mentor_loads")),
        sa.UniqueConstraint(
            "cohort_id", "mentor_id", name=op.f("uq_placement_mentor_loads_cohort_id_mentor_id")
        ),
    )
    with op.batch_alter_table("placement_mentor_loads", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_placement_mentor_loads_mentor_id"), ["mentor_id"], unique=False
        )

    op.create_table(
        "placement_proposal_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=False),
        sa.Column("seats_id", sa.Integer(), nullable=True),
        sa.Column("mentor_id", sa.Integer(), nullable=True),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("by_hand", sa.Boolean(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cohort_id"],
            ["placement_cohorts.id"],
            name=op.f("fk_placement_proposal_lines_cohort_id"),
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["mentors.id"], name=op.f("fk_placement_proposal_lines_mentor_id")
        ),
        sa.ForeignKeyConstraint(
            ["nomination_id"],
            ["placement_nominations.id"],
            name=op.f("fk_placement_proposal_lines_nomination_id"),
        ),
        sa.ForeignKeyConstraint(
            ["seats_id"], ["placement_seats.id"], name=op.f("fk_placement_proposal_lines_seats_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_proposal_lines")),
        sa.UniqueConstraint(
            "nomination_id", name=op.f("uq_placement_proposal_lines_nomination_id")
        ),
    )
    with op.batch_alter_table("placement_proposal_lines", schema=None) as batch_op:
        batch_op.create_index("ix_placement_proposal_lines_cohort", ["cohort_id"], unique=False)

    op.create_table(
        "placements",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cohort_id", sa.Integer(), nullable=False),
        sa.Column("nomination_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("nominating_unit_id", sa.Integer(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "active",
                "interrupted",
                "completed",
                "withdrawn",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "result",
            sa.Enum(
                "excellent",
                "passed",
                "failed",
                name="result",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column(
            "proposed_result",
            sa.Enum(
                "excellent",
                "passed",
                "failed",
                name="proposed_result",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("exception_reason", sa.Text(), nullable=True),
        sa.Column("confirmed_by", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("training_record_id", sa.Integer(), nullable=True),
        sa.Column("designation_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'completed') = (result IS NOT NULL)", name=op.f("ck_placements_has_result")
        ),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_placements_period")),
        sa.CheckConstraint(
            "exception_reason IS NULL OR confirmed_by IS NULL OR confirmed_by <> proposed_by",
            name=op.f("ck_placements_two_officers"),
        ),
        sa.ForeignKeyConstraint(
            ["cohort_id"], ["placement_cohorts.id"], name=op.f("fk_placements_cohort_id")
        ),
        sa.ForeignKeyConstraint(
            ["designation_id"],
            ["lead_teacher_designations.id"],
            name=op.f("fk_placements_designation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["nominating_unit_id"], ["units.id"], name=op.f("fk_placements_nominating_unit_id")
        ),
        sa.ForeignKeyConstraint(
            ["nomination_id"],
            ["placement_nominations.id"],
            name=op.f("fk_placements_nomination_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_placements_person_id")),
        sa.ForeignKeyConstraint(
            ["training_record_id"],
            ["training_records.id"],
            name=op.f("fk_placements_training_record_id"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_placements_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placements")),
        sa.UniqueConstraint("nomination_id", name=op.f("uq_placements_nomination_id")),
        sa.UniqueConstraint("training_record_id", name=op.f("uq_placements_training_record_id")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placements_import_id"), ["import_id"], unique=False)
        batch_op.create_index(
            "ix_placements_nominating_unit", ["nominating_unit_id", "status"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_placements_person_id"), ["person_id"], unique=False)
        batch_op.create_index(
            "uq_placements_person",
            ["cohort_id", "person_id"],
            unique=True,
            sqlite_where=sa.text("status <> 'withdrawn'"),
            postgresql_where=sa.text("status <> 'withdrawn'"),
        )

    op.create_table(
        "placement_changes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "extension",
                "interruption",
                "resumption",
                "mentor",
                "base_school",
                "withdrawal",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("old_value", sa.Text(), nullable=True),
        sa.Column("new_value", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_placement_changes_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_changes")),
    )
    with op.batch_alter_table("placement_changes", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_placement_changes_placement_id"), ["placement_id"], unique=False
        )

    op.create_table(
        "placement_leaves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "granted",
                "refused",
                "withdrawn",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Integer(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(length=500), nullable=True),
        sa.CheckConstraint("ends_on >= begins_on", name=op.f("ck_placement_leaves_period")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_placement_leaves_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_leaves")),
    )
    with op.batch_alter_table("placement_leaves", schema=None) as batch_op:
        batch_op.create_index(
            "ix_placement_leaves_placement", ["placement_id", "status"], unique=False
        )

    op.create_table(
        "placement_log_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("reflection", sa.Text(), nullable=False),
        sa.Column("hours", sa.Numeric(precision=5, scale=1), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "handed_in",
                "sent_back",
                "signed",
                name="status",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("warned", sa.Boolean(), nullable=False),
        sa.Column("handed_in_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mentor_comment", sa.Text(), nullable=True),
        sa.Column("signed_by", sa.Integer(), nullable=True),
        sa.Column("signed_by_name", sa.String(length=80), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(status = 'signed') = (signed_at IS NOT NULL)",
            name=op.f("ck_placement_log_entries_signed"),
        ),
        sa.CheckConstraint("ends_on >= begins_on", name=op.f("ck_placement_log_entries_period")),
        sa.CheckConstraint("hours >= 0", name=op.f("ck_placement_log_entries_hours")),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_placement_log_entries_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_log_entries")),
        sa.UniqueConstraint(
            "placement_id",
            "begins_on",
            name=op.f("uq_placement_log_entries_placement_id_begins_on"),
        ),
    )
    op.create_table(
        "placement_opinions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column(
            "phase",
            sa.Enum(
                "mid_term",
                "final",
                name="phase",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "opinion",
            sa.Enum(
                "self",
                "mentor",
                "base_school",
                "bureau",
                name="opinion",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column(
            "result",
            sa.Enum(
                "excellent",
                "passed",
                "failed",
                name="result",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("signed_by", sa.Integer(), nullable=True),
        sa.Column("signed_by_name", sa.String(length=80), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_placement_opinions_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_opinions")),
    )
    with op.batch_alter_table("placement_opinions", schema=None) as batch_op:
        batch_op.create_index(
            "uq_placement_opinions_standing",
            ["placement_id", "phase", "opinion"],
            unique=True,
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.create_table(
        "placement_presences",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "present",
                "late",
                "leave",
                "absent",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.String(length=200), nullable=True),
        sa.Column("recorded_by", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("row_version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_placement_presences_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_presences")),
        sa.UniqueConstraint(
            "placement_id", "day", name=op.f("uq_placement_presences_placement_id_day")
        ),
    )
    op.create_table(
        "placement_reminders",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "entry_due",
                "sign_off_due",
                "opinion_due",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_placement_reminders_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_reminders")),
        sa.UniqueConstraint(
            "placement_id",
            "kind",
            "due_on",
            name=op.f("uq_placement_reminders_placement_id_kind_due_on"),
        ),
    )
    op.create_table(
        "placement_stays",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("base_school_id", sa.Integer(), nullable=False),
        sa.Column("seats_id", sa.Integer(), nullable=True),
        sa.Column("mentor_id", sa.Integer(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("import_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "valid_until IS NULL OR valid_until >= valid_from",
            name=op.f("ck_placement_stays_period"),
        ),
        sa.ForeignKeyConstraint(
            ["base_school_id"], ["units.id"], name=op.f("fk_placement_stays_base_school_id")
        ),
        sa.ForeignKeyConstraint(
            ["mentor_id"], ["mentors.id"], name=op.f("fk_placement_stays_mentor_id")
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"],
            ["placements.id"],
            name=op.f("fk_placement_stays_placement_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["seats_id"], ["placement_seats.id"], name=op.f("fk_placement_stays_seats_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_stays")),
    )
    with op.batch_alter_table("placement_stays", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_placement_stays_base_school_id"), ["base_school_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_placement_stays_import_id"), ["import_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_placement_stays_mentor_id"), ["mentor_id"], unique=False
        )
        batch_op.create_index(
            "uq_placement_stays_open",
            ["placement_id"],
            unique=True,
            sqlite_where=sa.text("valid_until IS NULL"),
            postgresql_where=sa.text("valid_until IS NULL"),
        )

    op.create_table(
        "placement_activities",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "observation",
                "lesson",
                "group_session",
                "case_session",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("remarks", sa.Text(), nullable=False),
        sa.CheckConstraint("count BETWEEN 1 AND 40", name=op.f("ck_placement_activities_count")),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["placement_log_entries.id"],
            name=op.f("fk_placement_activities_entry_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_activities")),
    )
    with op.batch_alter_table("placement_activities", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_placement_activities_entry_id"), ["entry_id"], unique=False
        )

    op.create_table(
        "placement_files",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("placement_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("file_key", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.Integer(), nullable=True),
        sa.Column("uploaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["placement_log_entries.id"],
            name=op.f("fk_placement_files_entry_id"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["placement_id"], ["placements.id"], name=op.f("fk_placement_files_placement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement_files")),
    )
    with op.batch_alter_table("placement_files", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_placement_files_entry_id"), ["entry_id"], unique=False)
        batch_op.create_index(
            "ix_placement_files_placement", ["placement_id", "entry_id"], unique=False
        )
    _locate_counties()
    _take_over_recorded()


def _locate_counties() -> None:
    connection = op.get_bind()
    units = _table("units", "id", "code")
    locations = _table("unit_locations", "unit_id", "latitude", "longitude")
    ids = {row[0]: row[1] for row in connection.execute(sa.select(units.c.code, units.c.id))}
    rows = [
        {"unit_id": ids[code], "latitude": latitude, "longitude": longitude}
        for code, (latitude, longitude) in SEATS.items()
        if code in ids
    ]
    connection.execute(sa.insert(locations), rows)


def _take_over_recorded() -> None:
    """Every standing training record of a placement becomes a placement of its cohort."""
    connection = op.get_bind()
    records = sa.Table("training_records", sa.MetaData(), autoload_with=connection)
    units = _table("units", "id", "path", "kind")
    standing = sa.and_(records.c.kind == "placement", records.c.withdrawn_at.is_(None))
    found = connection.execute(sa.select(records).where(standing).order_by(records.c.id)).mappings()
    paths = {row[0]: row[1] for row in connection.execute(sa.select(units.c.id, units.c.path))}
    prefectures = set(
        connection.scalars(sa.select(units.c.id).where(units.c.kind == "prefecture")).all()
    )

    def organiser(row: Any) -> int:
        above = [
            int(part)
            for part in paths[row["nominating_unit_id"] or row["unit_id"]].split("/")
            if part
        ]
        return next((unit for unit in above if unit in prefectures), above[0])

    def key(row: Any) -> tuple[int, str]:
        return organiser(row), row["event_key"]

    for (unit_id, event_key), rows in itertools.groupby(sorted(found, key=key), key=key):
        _take_over_cohort(connection, unit_id, event_key, list(rows))


def _take_over_cohort(
    connection: sa.Connection, unit_id: int, event_key: str, rows: list[Any]
) -> None:
    now = datetime.now(UTC)
    tables = {
        name: sa.Table(name, sa.MetaData(), autoload_with=connection, resolve_fks=False)
        for name in (
            "placement_cohorts",
            "placements",
            "placement_stays",
            "lead_teacher_designations",
        )
    }
    last = max(row["ended_on"] for row in rows)
    cohort = connection.execute(
        sa.insert(tables["placement_cohorts"]).values(
            unit_id=unit_id,
            title=rows[0]["cohort"] or rows[0]["title"][:120],
            event_key=event_key,
            status="completed",
            starts_on=min(row["started_on"] or row["ended_on"] for row in rows),
            ends_on=last,
            seat_policy="gap_first",
            required_hours=0,
            credit_hours=0,
            required_observations=0,
            required_lessons=0,
            required_group_sessions=0,
            required_case_sessions=0,
            required_attendance=0,
            log_rhythm="week",
            log_grace_days=3,
            imported=True,
            created_at=now,
            import_id=rows[0]["import_id"],
            row_version=1,
        )
    ).inserted_primary_key
    designations = tables["lead_teacher_designations"]
    for row in rows:
        designation = connection.scalar(
            sa.select(designations.c.id).where(designations.c.training_record_id == row["id"])
        )
        placement = connection.execute(
            sa.insert(tables["placements"]).values(
                cohort_id=cohort[0],
                person_id=row["person_id"],
                unit_id=row["unit_id"],
                nominating_unit_id=row["nominating_unit_id"] or row["unit_id"],
                starts_on=row["started_on"] or row["ended_on"],
                ends_on=row["ended_on"],
                status="completed",
                result=RESULTS.get(row["result"], "passed" if row["passed"] else "failed"),
                training_record_id=row["id"],
                designation_id=designation,
                created_at=now,
                import_id=row["import_id"],
                row_version=1,
            )
        ).inserted_primary_key
        if row["base_school_id"] is not None:
            connection.execute(
                sa.insert(tables["placement_stays"]).values(
                    placement_id=placement[0],
                    base_school_id=row["base_school_id"],
                    valid_from=row["started_on"] or row["ended_on"],
                    valid_until=row["ended_on"],
                    import_id=row["import_id"],
                )
            )


def _table(name: str, *columns: str) -> sa.TableClause:
    return sa.table(name, *(sa.column(column) for column in columns))


def downgrade() -> None:
    with op.batch_alter_table("placement_files", schema=None) as batch_op:
        batch_op.drop_index("ix_placement_files_placement")
        batch_op.drop_index(batch_op.f("ix_placement_files_entry_id"))

    op.drop_table("placement_files")
    with op.batch_alter_table("placement_activities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placement_activities_entry_id"))

    op.drop_table("placement_activities")
    with op.batch_alter_table("placement_stays", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_placement_stays_open",
            sqlite_where=sa.text("valid_until IS NULL"),
            postgresql_where=sa.text("valid_until IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_placement_stays_mentor_id"))
        batch_op.drop_index(batch_op.f("ix_placement_stays_import_id"))
        batch_op.drop_index(batch_op.f("ix_placement_stays_base_school_id"))

    op.drop_table("placement_stays")
    op.drop_table("placement_reminders")
    op.drop_table("placement_presences")
    with op.batch_alter_table("placement_opinions", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_placement_opinions_standing",
            sqlite_where=sa.text("withdrawn_at IS NULL"),
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        )

    op.drop_table("placement_opinions")
    op.drop_table("placement_log_entries")
    with op.batch_alter_table("placement_leaves", schema=None) as batch_op:
        batch_op.drop_index("ix_placement_leaves_placement")

    op.drop_table("placement_leaves")
    with op.batch_alter_table("placement_changes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placement_changes_placement_id"))

    op.drop_table("placement_changes")
    with op.batch_alter_table("placements", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_placements_person",
            sqlite_where=sa.text("status <> 'withdrawn'"),
            postgresql_where=sa.text("status <> 'withdrawn'"),
        )
        batch_op.drop_index(batch_op.f("ix_placements_person_id"))
        batch_op.drop_index("ix_placements_nominating_unit")
        batch_op.drop_index(batch_op.f("ix_placements_import_id"))

    op.drop_table("placements")
    with op.batch_alter_table("placement_proposal_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_placement_proposal_lines_cohort")

    op.drop_table("placement_proposal_lines")
    with op.batch_alter_table("placement_mentor_loads", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placement_mentor_loads_mentor_id"))

    op.drop_table("placement_mentor_loads")
    with op.batch_alter_table("placement_seats", schema=None) as batch_op:
        batch_op.drop_index("ix_placement_seats_cohort")

    op.drop_table("placement_seats")
    op.drop_table("placement_quotas")
    with op.batch_alter_table("placement_nominations", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_placement_nominations_rank",
            sqlite_where=sa.text("status NOT IN ('withdrawn', 'rejected')"),
            postgresql_where=sa.text("status NOT IN ('withdrawn', 'rejected')"),
        )
        batch_op.drop_index(
            "uq_placement_nominations_person",
            sqlite_where=sa.text("status NOT IN ('withdrawn', 'rejected')"),
            postgresql_where=sa.text("status NOT IN ('withdrawn', 'rejected')"),
        )
        batch_op.drop_index("ix_placement_nominations_unit")
        batch_op.drop_index(batch_op.f("ix_placement_nominations_person_id"))

    op.drop_table("placement_nominations")
    with op.batch_alter_table("placement_matching_runs", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placement_matching_runs_cohort_id"))

    op.drop_table("placement_matching_runs")
    op.drop_table("placement_criteria")
    with op.batch_alter_table("placement_cohort_files", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_placement_cohort_files_cohort_id"))

    op.drop_table("placement_cohort_files")
    with op.batch_alter_table("mentors", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_mentors_open",
            sqlite_where=sa.text("valid_until IS NULL"),
            postgresql_where=sa.text("valid_until IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_mentors_person_id"))

    op.drop_table("mentors")
    op.drop_table("unit_locations")
    with op.batch_alter_table("placement_cohorts", schema=None) as batch_op:
        batch_op.drop_index("ix_placement_cohorts_starts_on")
        batch_op.drop_index(batch_op.f("ix_placement_cohorts_import_id"))

    op.drop_table("placement_cohorts")
    with op.batch_alter_table("base_school_capacities", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_base_school_capacities_unit_id"))

    op.drop_table("base_school_capacities")
