"""What the demonstration's people learnt on other platforms: the national training of the workbook, hours that wait to
be recognised, one at each step, and the layout of a platform's export.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sqlalchemy import select

from app.cli.demo_courses_stage import MEDIA, OPENED, Class
from app.core import files
from app.core.db import db
from app.domain.courses.operations.claiming import Claim, Evidence, submit
from app.domain.courses.operations.enrolling import enrol_people
from app.domain.courses.operations.planning import create_course
from app.domain.courses.operations.recognising import check, recognise, send_back
from app.domain.courses.operations.reporting import complete_reported
from app.domain.courses.operations.standing import publish
from app.domain.courses.rules.words import CourseKind, EnrolmentSource
from app.domain.exchange.operations.mappings import MappingFacts, create_mapping
from app.domain.people.models import Person, TrainingRecord
from app.domain.people.rules import Audience, TrainingKind, TrainingLevel
from app.domain.units.models import Unit

NATIONAL = "全国中小学班主任网络培训（2022年）"
PLATFORM = "国家智慧教育公共服务平台"


def load_learnt_elsewhere(the_class: Class) -> None:
    _record_national_training(the_class)
    _ask_for_hours(the_class)
    _map_a_platform(the_class)


def _record_national_training(the_class: Class) -> None:
    """The national training of the workbook as an external course: whoever has its record has completed it."""
    bureau = the_class.bureau
    with the_class.on(OPENED) as now:
        course = create_course(
            bureau.unit_id,
            {
                "title": NATIONAL,
                "kind": CourseKind.EXTERNAL,
                "platform": PLATFORM,
                "address": "https://www.smartedu.cn/",
                "level": TrainingLevel.NATIONAL,
                "credit_hours": Decimal(50),
                "audiences": [Audience.HOMEROOM_TEACHERS.value],
            },
            actor=bureau,
        )
        publish(course.id, actor=bureau, now=now)
    with the_class.on(OPENED, 11) as now:
        records = db.session.scalars(
            select(TrainingRecord)
            .join(Person, Person.id == TrainingRecord.person_id)
            .join(Unit, Unit.id == Person.registered_unit_id)
            .where(
                TrainingRecord.kind == TrainingKind.ONLINE,
                TrainingRecord.title == NATIONAL,
                TrainingRecord.withdrawn_at.is_(None),
                Unit.path.startswith(bureau.unit_path),
            )
        ).all()
        people = [record.person_id for record in records]
        people += [learner.person_id for learner in the_class.linxiang[:2]]
        enrol_people(course.id, people, source=EnrolmentSource.NOMINATED, actor=bureau, now=now)
        for record in records:
            complete_reported(record, course_id=course.id, actor=bureau)


def _ask_for_hours(the_class: Class) -> None:
    """One request at each step: sent in, checked, recognised with fewer hours, sent back."""
    bureau = the_class.bureau
    asking = [*the_class.fengqing[-3:], the_class.linxiang[0]]
    certificate = (MEDIA / "certificate.pdf").read_bytes()
    made = []
    for number, learner in enumerate(asking):
        finished = the_class.today - timedelta(days=30 + number)
        claim = Claim(
            finished_on=finished,
            started_on=finished - timedelta(days=20),
            hours=Decimal(12),
            title="家庭教育指导能力网络研修",
            platform="中国教育干部网络学院",
        )
        evidence = Evidence(files.store(certificate), "结业证书.pdf", "application/pdf")
        with the_class.on(-6):
            made.append(submit(claim, evidence, actor=learner.actor).id)
    with the_class.on(-4):
        check(made[1], actor=bureau)
        recognise(made[2], hours=Decimal(8), reason="证书载明 8 学时。", actor=bureau)
        send_back(made[3], "证书上没有姓名，请换成写有本人姓名的证书。", actor=bureau)


def _map_a_platform(the_class: Class) -> None:
    facts = MappingFacts(
        name="省级继续教育平台",
        platform="云南省中小学教师继续教育网",
        columns={
            "name": "学员姓名",
            "id_number": "身份证",
            "school": "工作单位",
            "title": "课程名称",
            "hours": "学时",
            "completed_at": "结业日期",
        },
        level=TrainingLevel.PROVINCIAL,
        recognised=False,
    )
    with the_class.on(OPENED):
        create_mapping(facts, unit_id=the_class.bureau.unit_id, actor=the_class.bureau)
