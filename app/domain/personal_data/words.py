"""What the tables that point to a person are called, for refusals that name what stands in the way."""

from __future__ import annotations

from app.core.i18n import lazy_gettext as _l

FACTS = {
    "people": _l("facts of the person"),
    "postings": _l("postings"),
    "posting_changes": _l("proposed changes"),
    "lead_teacher_designations": _l("lead-teacher designations"),
    "studio_memberships": _l("studio memberships"),
    "training_records": _l("trainings"),
    "credentials": _l("certificates"),
    "commitments": _l("planned dates"),
    "person_duties": _l("duties"),
    "course_enrolments": _l("learning in an online course"),
    "required_learners": _l("courses assigned to a group"),
    "course_reminders": _l("reminders of a course"),
    "hour_recognitions": _l("requests for hours"),
    "certificate_batch_entries": _l("batches of certificates"),
    "certificates": _l("certificates issued"),
    "wallet_shares": _l("shared certificates"),
    "enrolments": _l("enrolments"),
    "import_rows": _l("imported rows"),
    "mentors": _l("post as a mentor of a base school"),
    "placement_nominations": _l("nomination for a cohort"),
    "placements": _l("placement in a cohort"),
}
