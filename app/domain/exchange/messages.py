"""The sentences for what planning finds in a row, in the reader's language."""

from __future__ import annotations

from app.core.i18n import lazy_gettext as _
from app.domain.exchange.reading import register_message

for _code, _template in {
    "county_unknown": _("No county of this name is known within the unit of this import."),
    "county_ambiguous": _("Several counties are called this. Write the full name or the code."),
    "county_missing": _("Say which county or city the school belongs to."),
    "school_unknown": _("No school of this name is known there."),
    "school_ambiguous": _(
        "Several schools are called this. Write the full name, or add the county."
    ),
    "school_closed": _("This school was closed on %(closed_on)s."),
    "closed_before_known_opening": _("The school opened on %(opened_on)s; it cannot close before."),
    "postings_end_with_school": _(
        "Postings at this school that end with it on %(day)s: %(count)s. Who goes on elsewhere is posted there by the"
        " next roster."
    ),
    "postings_begin_after_closing": _(
        "Postings at this school that begin after it closes on %(day)s, and are left: %(count)s. End or correct them"
        " on the people's pages."
    ),
    "postings_stand": _(
        "Postings at this school that last longer, and are left because a roster of %(day)s is newer: %(count)s."
        " End or move them on the people's pages."
    ),
    "school_missing": _("Say at which school or bureau the person is posted."),
    "school_twice": _("This school stands in row %(other)s already."),
    "school_code_wrong": _("A school code has 6 to 20 digits or capital letters."),
    "school_code_taken": _(
        "This code cannot be used here: it is no code of a school of this unit."
    ),
    "school_has_other_code": _("The county has a school of this name with the code %(other)s."),
    "number_of_other_name": _(
        "The registry has this identity number under another name (%(other)s). Check number and name."
    ),
    "person_twice": _("This person stands in row %(other)s already."),
    "training_twice": _("This person stands with the same training in row %(other)s already."),
    "training_withdrawn": _(
        "This training of the person was recorded before and withdrawn with a reason; it stays withdrawn."
    ),
    "person_ambiguous": _(
        "%(candidates)s people of this name fit. An officer must pick one in the queue."
    ),
    "person_unknown": _(
        "Nobody in the registry fits. An officer must say in the queue who this is."
    ),
    "person_elsewhere": _(
        "Somebody of this name with this phone is known at another unit. An officer must say in the queue"
        " whether it is the same person."
    ),
    "person_out_of_reach": _(
        "The person serves at a unit outside of yours. An officer of the bureau above must settle this in the queue."
    ),
    "person_not_new": _(
        "The registry has this identity number already: pick that person, or ask the bureau above to."
    ),
    "person_made": _("Not in the registry yet: %(name)s is added at %(unit)s, without a posting."),
    "row_unresolved_already": _("This row waits in the queue already."),
    "row_resolved_already": _("An officer has settled this row before."),
    "row_dismissed_already": _("An officer has left this row out before."),
    "older_workbook": _(
        "The workbook speaks of %(day)s. What is recorded for a later day stands and was not changed."
    ),
    "credential_kind_unknown": _(
        "No kind of certificate is called “%(name)s”. It counts nowhere; its text is kept as a note."
    ),
    "credential_number_misfits": _(
        "The number does not look like one of %(kind)s. It is kept as written."
    ),
    "credential_number_of_another": _(
        "Another person has a certificate of this kind with this number."
    ),
    "credential_second": _(
        "The person has another certificate of the kind %(kind)s; both are kept."
    ),
    "credential_stands": _(
        "The registry has %(known)s for %(kind)s, recorded for a later day than the workbook's. That stands;"
        " if the workbook is right, correct it on the person's page."
    ),
    "credential_verified_already": _(
        "The registry has %(known)s for %(kind)s, and it is verified. That stands; ask who verifies certificates to"
        " correct it."
    ),
    "credential_expired_by_then": _(
        "The registry has %(known)s for %(kind)s, which had expired by the day written here. That stands; check both."
    ),
    "registration_overdue": _(
        "The registration has to be renewed every %(years)s years and seems to be overdue."
    ),
    "lead_teacher_not_designated": _(
        "The registry knows no designation as lead teacher. A roster does not make one; add it in the registry."
    ),
    "lead_teacher_elsewhere": _(
        "The person is lead teacher for another unit already; that stands."
    ),
    "cohort_not_over": _(
        "%(cohort)s is open or cancelled in this system: the training is recorded, but nobody is added to the cohort."
        " Look whether the name is right."
    ),
    "no_base_school": _("%(school)s is not recorded as a base school on that day."),
    "second_host": _("Row %(other)s names a host already; both are kept."),
    "online_not_finished": _(
        "Not finished yet, so nothing is recorded; the next export will tell."
    ),
    "online_undated": _(
        "The platform does not say when this was finished, and the training's name has no year. Name a column with the"
        " day in the mapping, or put the year into the name."
    ),
    "hours_missing": _(
        "Hours that are to be recognised must be stated. Name their column or their number in the mapping."
    ),
    "decided_here": _(
        "The hours of this training were recognised or earned here; what the export says otherwise was not taken over."
    ),
    "recorded_already": _("This training of the person counts already."),
    "recognition_stands": _("The person's hours of this training wait to be recognised already."),
    "recognition_settled": _(
        "The hours of this training were asked for before, and sent back or withdrawn; they are not asked for anew."
    ),
    "columns_unknown": _("These columns are not known and were not read: %(names)s."),
    "missing_from_roster": _(
        "%(name)s (%(unit)s) is missing from the complete roster: the posting ends on %(until)s."
    ),
}.items():
    register_message(_code, _template)
