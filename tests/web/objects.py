"""One object of each kind outside the asker's unit, by the name of the route's parameter.

A new route that names an object by a new parameter needs a line here (``OUTSIDE``) or in ``EVERYBODYS``.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from app.core import clock, crypto
from app.core.db import atomic, db
from app.domain.accounts.models import Account, ApiToken, Grant
from app.domain.audit.models import AuditEntry
from app.domain.audit.operations import record
from app.domain.certificates.models import (
    Certificate,
    CertificateBatch,
    CertificateImage,
    Credential,
    CredentialFile,
    WalletShare,
)
from app.domain.certificates.rules.words import CertificateKind, ImagePurpose
from app.domain.courses.models import (
    Course,
    CourseEnrolment,
    CourseMedia,
    CourseTrainer,
    HandIn,
    Lesson,
    QuestionBank,
    QuizAttempt,
    Recognition,
    Requirement,
)
from app.domain.courses.rules.words import AttemptStatus, LessonKind
from app.domain.exchange.models import (
    Import,
    ImportKind,
    ImportRow,
    ImportState,
    PlatformMapping,
    RowState,
)
from app.domain.outbox.models import Notice
from app.domain.people.models import (
    LeadTeacherDesignation,
    Person,
    Posting,
    PostingChange,
    Studio,
    StudioMembership,
    TrainingRecord,
)
from app.domain.people.rules import Audience, ChangeAction, StudioKind, StudioRole, TrainingLevel
from app.domain.personal_data.models import PersonMerge
from app.domain.placements.models import (
    AppraisalOpinion,
    Cohort,
    CohortFile,
    Mentor,
    Nomination,
    Placement,
    PlacementFile,
    PlacementLeave,
)
from app.domain.placements.rules.words import Opinion, Phase
from app.domain.units.models import AliasKind, Unit, UnitAlias
from app.domain.workshops.models import (
    Appeal,
    Assignment,
    Attachment,
    Enrolment,
    LeaveRequest,
    Programme,
    Submission,
    Workshop,
    WorkshopSession,
    WorkshopTrainer,
)
from tests import factories as make
from tests.certificate_factories import batch_of, draft, issue, make_template
from tests.course_factories import (
    make_bank,
    make_course,
    make_learner,
    make_lesson,
    make_question,
    make_version,
)
from tests.lesson_factories import make_media
from tests.placement_factories import (
    make_cohort,
    make_nomination,
    make_placement,
    make_seats,
)
from tests.recognition_factories import make_recognition
from tests.workshop_factories import enrol_one, make_session, make_workshop

# Parameters that name nothing of a unit: words, and rows that whoever may open the page may open all of.
EVERYBODYS = {
    "figure", "filename", "kind", "kind_id", "name", "text", "token", "what", "number", "job_id", "delivery_id",
}  # fmt: skip


@dataclass(frozen=True)
class Elsewhere:
    """A school of another prefecture, with a counselor and an account."""

    school: Unit
    person: Person
    account: Account


def build(prefecture: str = make.LINCANG) -> Elsewhere:
    school = make.make_school(prefecture, "别处小学")
    person = make.make_counselor(school, "外人")
    return Elsewhere(school, person, make.make_account("county", school))


def _posting(there: Elsewhere) -> Posting:
    return db.session.scalars(select(Posting).where(Posting.person_id == there.person.id)).one()


def _token(there: Elsewhere) -> ApiToken:
    return make.save(
        ApiToken(
            account_id=there.account.id,
            name="report",
            prefix="xy_12345",
            token_hash="0" * 64,
            created_at=clock.now(),
        )
    )


def _change(there: Elsewhere) -> PostingChange:
    return make.save(
        PostingChange(
            unit_id=there.school.id,
            action=ChangeAction.END,
            person_id=there.person.id,
            posting_id=_posting(there).id,
            effective_on=date(2023, 8, 1),
            payload=crypto.seal("{}", "posting_changes.payload"),
            proposed_at=clock.now(),
        )
    )


def _merge(there: Elsewhere) -> PersonMerge:
    other = make.make_counselor(there.school, "外人")
    return make.save(
        PersonMerge(kept_id=there.person.id, merged_id=other.id, moves=b"", merged_at=clock.now())
    )


def _studio(there: Elsewhere) -> Studio:
    found = db.session.scalars(select(Studio).where(Studio.unit_id == there.school.id)).first()
    return found or make.save(
        Studio(
            unit_id=there.school.id,
            kind=StudioKind.STUDIO,
            name="别处工作室",
            name_key="别处工作室",
            valid_from=make.SOME_DAY,
        )
    )


def _membership(there: Elsewhere) -> StudioMembership:
    return make.save(
        StudioMembership(
            studio_id=_studio(there).id,
            person_id=there.person.id,
            role=StudioRole.MEMBER,
            valid_from=make.SOME_DAY,
        )
    )


def _import(there: Elsewhere) -> Import:
    return make.save(
        Import(
            kind=ImportKind.COUNSELORS,
            unit_id=there.school.id,
            state=ImportState.LANDED,
            file_name="roster.xlsx",
            file_key="none",
            file_digest="0" * 64,
            created_at=clock.now() - timedelta(days=1),
        )
    )


def _recognition(there: Elsewhere) -> Recognition:
    return make_recognition(there.person, there.school, title=f"研修{secrets.token_hex(4)}")


def _mapping(there: Elsewhere) -> PlatformMapping:
    return make.save(
        PlatformMapping(
            unit_id=there.school.parent_id,
            name=f"平台{secrets.token_hex(4)}",
            platform="国家平台",
            columns={"name": "姓名", "school": "单位", "title": "课程"},
            level=TrainingLevel.NATIONAL,
            created_at=clock.now(),
        )
    )


def _import_row(there: Elsewhere) -> ImportRow:
    return make.save(
        ImportRow(
            import_id=_import(there).id,
            position=1,
            row_number=3,
            state=RowState.UNRESOLVED,
            sealed=crypto.seal("{}", "import_rows.sealed"),
        )
    )


def _entry(there: Elsewhere) -> AuditEntry:
    with atomic():
        entry_id = record(make.actor_of(there.account), "people.correct", object_type="person")
    return db.session.get_one(AuditEntry, entry_id)


def _alias(there: Elsewhere) -> UnitAlias:
    return make.save(
        UnitAlias(unit_id=there.school.id, kind=AliasKind.SHORT_NAME, alias="别处", key="别处")
    )


def _notice(there: Elsewhere) -> Notice:
    notice = Notice(
        account_id=there.account.id,
        kind="password_changed",
        created_at=clock.now(),
    )
    return make.save(notice)


def _grant(there: Elsewhere) -> Grant:
    return there.account.grants[0]


def _credential(there: Elsewhere) -> Credential:
    return make.make_credential(there.person)


def _certificate(there: Elsewhere) -> Certificate:
    actor = make.make_actor("county", there.school)
    template, prefix = make_template(kind=CertificateKind.OTHER), f"外{there.school.id}"
    title = f"荣誉{secrets.token_hex(4)}"
    chosen = [there.person.id]
    return issue(draft(actor, template, person_ids=chosen, prefix=prefix, title=title), actor)[0]


def _batch(there: Elsewhere) -> CertificateBatch:
    actor = make.make_actor("county", there.school)
    prefix = f"外{there.school.id}"
    return batch_of(draft(actor, make_template(), person_ids=[], prefix=prefix))


def _image(there: Elsewhere) -> CertificateImage:
    return make.save(
        CertificateImage(
            unit_id=there.school.id,
            purpose=ImagePurpose.SEAL,
            title="印章",
            file_key="none",
            content_type="image/png",
            size=1,
            width=1,
            height=1,
            uploaded_at=clock.now(),
        )
    )


def _credential_file(there: Elsewhere) -> CredentialFile:
    return make.save(
        CredentialFile(
            credential_id=_credential(there).id,
            file_key="none",
            file_name="证书.jpg",
            content_type="image/jpeg",
            size=1,
            digest="0" * 64,
            uploaded_at=clock.now(),
        )
    )


def _designation(there: Elsewhere) -> LeadTeacherDesignation:
    return make.make_designation(there.person, there.school)


def _training(there: Elsewhere) -> TrainingRecord:
    return make.make_training(there.person, there.school)


def _workshop(there: Elsewhere) -> Workshop:
    """The one workshop there, of their own prefecture."""
    prefecture_id = there.school.parent_id
    found = db.session.scalars(
        select(Workshop).where(Workshop.organiser_id == prefecture_id)
    ).first()
    return found or make_workshop(organiser_id=prefecture_id)


def _session(there: Elsewhere) -> WorkshopSession:
    return make_session(_workshop(there), clock.now())


def _enrolment(there: Elsewhere) -> Enrolment:
    return enrol_one(_workshop(there), there.person).enrolment


def _appeal(there: Elsewhere) -> Appeal:
    return make.save(Appeal(enrolment_id=_enrolment(there).id, reason="复核", made_at=clock.now()))


def _assignment(there: Elsewhere) -> Assignment:
    return make.save(Assignment(workshop_id=_workshop(there).id, title="个案报告"))


def _submission(there: Elsewhere) -> Submission:
    return make.save(
        Submission(
            assignment_id=_assignment(there).id,
            enrolment_id=_enrolment(there).id,
            file_key="none",
            file_name="报告.pdf",
            content_type="application/pdf",
            size=1,
            handed_in_at=clock.now(),
        )
    )


def _leave_request(there: Elsewhere) -> LeaveRequest:
    return make.save(
        LeaveRequest(
            session_id=_session(there).id,
            enrolment_id=_enrolment(there).id,
            reason="有事",
            asked_at=clock.now(),
        )
    )


def _attachment(there: Elsewhere) -> Attachment:
    return make.save(
        Attachment(
            workshop_id=_workshop(there).id,
            file_key="0" * 32,
            file_name="通知.pdf",
            content_type="application/pdf",
            size=1,
            uploaded_at=clock.now(),
        )
    )


def _trainer(there: Elsewhere) -> WorkshopTrainer:
    return make.save(WorkshopTrainer(workshop_id=_workshop(there).id, account_id=there.account.id))


def _programme(there: Elsewhere) -> Programme:
    return make.save(
        Programme(
            unit_id=there.school.parent_id,
            year=2023,
            title="年度培训",
            level=TrainingLevel.PREFECTURE,
            created_at=clock.now(),
        )
    )


def _cohort(there: Elsewhere) -> Cohort:
    """The one cohort there, of their own prefecture."""
    prefecture = db.session.get_one(Unit, there.school.parent_id)
    found = db.session.scalars(select(Cohort).where(Cohort.unit_id == prefecture.id)).first()
    return found or make_cohort(unit=prefecture.code)


def _nomination(there: Elsewhere) -> Nomination:
    cohort = _cohort(there)
    found = db.session.scalars(select(Nomination).where(Nomination.cohort_id == cohort.id)).first()
    return found or make_nomination(cohort, there.person, there.school, there.school)


def _mentor(there: Elsewhere) -> Mentor:
    return make.save(
        Mentor(
            unit_id=there.school.id,
            person_id=there.person.id,
            trainee_limit=2,
            valid_from=make.SOME_DAY,
        )
    )


def _placement(there: Elsewhere) -> Placement:
    cohort = _cohort(there)
    found = db.session.scalars(select(Placement).where(Placement.cohort_id == cohort.id)).first()
    return found or make_placement(
        cohort,
        there.person,
        nominating=there.school,
        school=there.school,
        seats=make_seats(cohort, there.school),
    )


def _opinion(there: Elsewhere) -> AppraisalOpinion:
    return make.save(
        AppraisalOpinion(
            placement_id=_placement(there).id,
            phase=Phase.FINAL,
            opinion=Opinion.SELF,
            text="认真负责。",
            signed_by_name="外人",
            signed_at=clock.now(),
        )
    )


def _cohort_file(there: Elsewhere) -> CohortFile:
    return make.save(
        CohortFile(
            cohort_id=_cohort(there).id,
            file_key="none",
            file_name="方案.pdf",
            content_type="application/pdf",
            size=1,
            uploaded_at=clock.now(),
        )
    )


def _log_file(there: Elsewhere) -> PlacementFile:
    return make.save(
        PlacementFile(
            placement_id=_placement(there).id,
            file_key="none",
            file_name="课堂.jpg",
            content_type="image/jpeg",
            size=1,
            uploaded_at=clock.now(),
        )
    )


def _placement_leave(there: Elsewhere) -> PlacementLeave:
    return make.save(
        PlacementLeave(
            placement_id=_placement(there).id,
            begins_on=date(2023, 9, 4),
            ends_on=date(2023, 9, 4),
            reason="会议",
            asked_at=clock.now(),
        )
    )


def _course(there: Elsewhere) -> Course:
    """The one online course there, of their own prefecture."""
    prefecture = db.session.get_one(Unit, there.school.parent_id)
    found = db.session.scalars(select(Course).where(Course.organiser_id == prefecture.id)).first()
    return found or make_course(unit=prefecture.code)


def _learner(there: Elsewhere) -> CourseEnrolment:
    course = _course(there)
    found = db.session.scalars(
        select(CourseEnrolment).where(CourseEnrolment.course_id == course.id)
    ).first()
    return found or make_learner(course, there.person, there.school)


def _requirement(there: Elsewhere) -> Requirement:
    course, today = _course(there), clock.today()
    return make.save(
        Requirement(
            course_id=course.id, unit_id=there.school.id, audience=Audience.COUNSELORS,
            assigned_on=today, due_on=today, created_at=clock.now(),
        )
    )  # fmt: skip


def _lesson(there: Elsewhere, kind: LessonKind = LessonKind.TEXT) -> Lesson:
    """A lesson of a course of its own there."""
    course = make_course("别处的课程", unit=db.session.get_one(Unit, there.school.parent_id).code)
    return make_lesson(make_version(course), kind)


def _media(there: Elsewhere) -> CourseMedia:
    return make_media(_lesson(there).version.course)


def _hand_in(there: Elsewhere) -> HandIn:
    lesson = _lesson(there, LessonKind.ASSIGNMENT)
    enrolment = make_learner(lesson.version.course, there.person, there.school)
    return make.save(
        HandIn(
            enrolment_id=enrolment.id, lesson_id=lesson.id, number=1, text="正文",
            handed_in_at=clock.now(),
        )
    )  # fmt: skip


def _course_trainer(there: Elsewhere) -> CourseTrainer:
    return make.save(CourseTrainer(course_id=_course(there).id, account_id=there.account.id))


def _bank(there: Elsewhere) -> QuestionBank:
    """The one question bank of their prefecture."""
    prefecture = db.session.get_one(Unit, there.school.parent_id)
    found = db.session.scalars(
        select(QuestionBank).where(QuestionBank.unit_id == prefecture.id)
    ).first()
    return found or make_bank(prefecture.code)


def _attempt(there: Elsewhere) -> QuizAttempt:
    version = make_version(make_course("测验课", unit=_bank(there).unit.code))
    lesson = make_lesson(version, LessonKind.QUIZ)
    enrolment = make_learner(version.course, school=there.school)  # somebody else than the learner
    return make.save(
        QuizAttempt(
            enrolment_id=enrolment.id, lesson_id=lesson.id, number=1,
            status=AttemptStatus.RUNNING, started_at=clock.now(), maximum=1,
        )
    )  # fmt: skip


def _share(there: Elsewhere) -> WalletShare:
    now = clock.now()
    return make.save(
        WalletShare(
            person_id=there.person.id, token_hash=secrets.token_hex(16), token_sealed=b"",
            created_at=now, expires_at=now + timedelta(days=7),
        )
    )  # fmt: skip


OUTSIDE: dict[str, Callable[[Elsewhere], object]] = {
    "account_id": lambda there: there.account.id,
    "alias_id": lambda there: _alias(there).id,
    "attachment_id": lambda there: _attachment(there).id,
    "attempt_id": lambda there: _attempt(there).id,
    "bank_id": lambda there: _bank(there).id,
    "question_id": lambda there: make_question(_bank(there)).question_id,
    "batch_id": lambda there: _batch(there).id,
    "certificate_id": lambda there: _certificate(there).id,
    "change_id": lambda there: _change(there).id,
    "cohort_file_id": lambda there: _cohort_file(there).id,
    "cohort_id": lambda there: _cohort(there).id,
    "code": lambda there: there.school.code,
    "course_id": lambda there: _course(there).id,
    "course_trainer_id": lambda there: _course_trainer(there).id,
    "credential_id": lambda there: _credential(there).id,
    "credential_file_id": lambda there: _credential_file(there).id,
    "designation_id": lambda there: _designation(there).id,
    "appeal_id": lambda there: _appeal(there).id,
    "assignment_id": lambda there: _assignment(there).id,
    "enrolment_id": lambda there: _enrolment(there).id,
    "entry_id": lambda there: _entry(there).id,
    "grant_id": lambda there: _grant(there).id,
    "hand_in_id": lambda there: _hand_in(there).id,
    "image_id": lambda there: _image(there).id,
    "import_id": lambda there: _import(there).id,
    "learner_id": lambda there: _learner(there).id,
    "lesson_id": lambda there: _lesson(there).id,
    "mapping_id": lambda there: _mapping(there).id,
    "media_id": lambda there: _media(there).id,
    "membership_id": lambda there: _membership(there).id,
    "mentor_id": lambda there: _mentor(there).id,
    "merge_id": lambda there: _merge(there).id,
    "nominating_unit_id": lambda there: there.school.id,
    "nomination_id": lambda there: _nomination(there).id,
    "notice_id": lambda there: _notice(there).id,
    "opinion_id": lambda there: _opinion(there).id,
    "other_id": lambda there: there.person.id,
    "person_id": lambda there: there.person.id,
    "file_id": lambda there: _log_file(there).id,
    "leave_id": lambda there: _placement_leave(there).id,
    "placement_id": lambda there: _placement(there).id,
    "posting_id": lambda there: _posting(there).id,
    "programme_id": lambda there: _programme(there).id,
    "request_id": lambda there: _leave_request(there).id,
    "recognition_id": lambda there: _recognition(there).id,
    "record_id": lambda there: _training(there).id,
    "row_id": lambda there: _import_row(there).id,
    "requirement_id": lambda there: _requirement(there).id,
    "section_id": lambda there: _lesson(there).section_id,
    "session_id": lambda there: _session(there).id,
    "share_id": lambda there: _share(there).id,
    "studio_id": lambda there: _studio(there).id,
    "submission_id": lambda there: _submission(there).id,
    "template_id": lambda there: make_template(there.school.id).id,
    "token_id": lambda there: _token(there).id,
    "trainer_id": lambda there: _trainer(there).id,
    "workshop_id": lambda there: _workshop(there).id,
}
