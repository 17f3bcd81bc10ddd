"""Workshops of the demonstration data: a year's programme of Chuxiong with an open, a running and a finished cohort.

Days are counted from today, and every act is done through its operation on the day it would have been done on.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from app.cli.demo_stage import (
    Stage,
    attend,
    enrol_all,
    list_seated,
    mark,
    publish_plan,
    read_stage,
)
from app.core.db import db
from app.domain.people.rules import Audience, TrainingLevel
from app.domain.units.models import SchoolStage
from app.domain.workshops.models import Criterion, Enrolment
from app.domain.workshops.operations.assignments import AssignmentFacts, add_assignment
from app.domain.workshops.operations.completing import close_workshop
from app.domain.workshops.operations.deciding import decide
from app.domain.workshops.operations.feedback import give_feedback, set_questions
from app.domain.workshops.operations.programmes import ProgrammeFacts, create_programme
from app.domain.workshops.operations.results import publish_results
from app.domain.workshops.operations.sessions import SessionFacts
from app.domain.workshops.operations.standing import start
from app.domain.workshops.operations.whole import Whole
from app.domain.workshops.rules.planning import GuideItem
from app.domain.workshops.rules.words import (
    Approval,
    CriterionKind,
    SessionPart,
    WorkshopKind,
)

PLACE = "楚雄州民族中学报告厅"
TITLE = "心理健康教育骨干教师能力提升培训班"
GUIDE = (
    GuideItem("理论测试", Decimal(30), Decimal(100), CriterionKind.THEORY),
    GuideItem("实操演练", Decimal(40), Decimal(100), CriterionKind.PRACTICE),
    GuideItem("作业：一份团体辅导方案", Decimal(20), Decimal(100), CriterionKind.ASSIGNMENT),
    GuideItem("考勤", Decimal(10), Decimal(100), CriterionKind.ATTENDANCE),
)
GOOD = ("案例讲解很实用", "分组演练收获大", "老师讲得清楚", "和各县同行交流很有帮助")
IMPROVE = ("希望多些实操时间", "希望有后续督导", "午休时间再长一点")


def load_workshops() -> None:
    """A programme of this year with a finished, a running and open workshops, relative to today."""
    stage = read_stage()
    with stage.on(-75) as actor:
        facts = ProgrammeFacts(
            year=stage.today.year,
            title="中小学心理健康教育教师全员培训",
            level=TrainingLevel.PREFECTURE,
            audiences=(Audience.COUNSELORS.value, Audience.BACKBONE_TEACHERS.value),
            planned_workshops=6,
            planned_people=300,
        )
        programme_id = create_programme(stage.unit, facts, actor=actor).id
    _hold_the_first(stage, programme_id)
    _run_the_second(stage, programme_id)
    _open_the_third(stage, programme_id)
    _open_others(stage)


def _day(stage: Stage, days: int, title: str, *, practice: bool = False) -> list[SessionFacts]:
    """Morning and afternoon: 6 hours of the clock, 8 credit hours."""
    part = SessionPart.PRACTICE if practice else SessionPart.THEORY
    morning = SessionFacts(stage.at(days, 9), stage.at(days, 12), PLACE, f"{title}（上）", part)
    return [
        morning,
        replace(
            morning,
            starts_at=stage.at(days, 14),
            ends_at=stage.at(days, 17),
            title=f"{title}（下）",
        ),
    ]


def _cohort(
    stage: Stage, programme_id: int, cohort: str, first: int, opens: int, **facts: Any
) -> Whole:
    """A cohort of three days from day ``first`` on, open from day ``opens`` until two days before it."""
    sessions = [
        *_day(stage, first, "心理危机的识别与转介"),
        *_day(stage, first + 1, "团体心理辅导实务", practice=True),
        *_day(stage, first + 2, "家校沟通与个案研讨", practice=True),
    ]
    common: dict[str, Any] = {
        "title": TITLE,
        "cohort": cohort,
        "kind": WorkshopKind.WORKSHOP,
        "level": TrainingLevel.PREFECTURE,
        "programme_id": programme_id,
        "audiences": [Audience.COUNSELORS.value],
        "description": "面向全州中小学心理健康教育教师，理论与实操并重。",
        "contact": "州教育体育局德育科",
        "enrolment_opens_at": stage.at(opens, 8),
        "enrolment_closes_at": stage.at(first - 2, 18),
        "withdraw_until": stage.at(first - 2, 18),
        "quota_release_at": stage.at(first - 3, 18),
        "credit_hours": Decimal(24),
        "minimum_grade": 60,
    }
    return Whole(
        facts=common | facts,
        capacity=24,
        quotas=dict.fromkeys(stage.counties.values(), 5),
        sessions=sessions,
        guide=GUIDE,
    )


def _hold_the_first(stage: Stage, programme_id: int) -> None:
    """Held three weeks ago: attended, graded, closed, with feedback; the demonstration teacher's still to come."""
    whole = _cohort(stage, programme_id, "第一期", -24, -60)
    workshop_id = publish_plan(stage, -61, whole)
    with stage.on(-61) as actor:
        set_questions(workshop_id, [("食宿安排", True), ("还想学什么？", False)], actor=actor)
    enrol_all(stage, -55, workshop_id, stage.mixed(0, 22))
    with stage.on(-24, 9) as actor:
        start(workshop_id, actor=actor)
    people = list_seated(workshop_id)
    enrolments = list(people)
    attend(stage, workshop_id, until=-22, often_absent=enrolments[-2:])
    mark(stage, -20, workshop_id, enrolments)
    with stage.on(-16) as actor:
        publish_results(workshop_id, actor=actor)
    with stage.on(-8) as actor:
        close_workshop(workshop_id, actor=actor)
    with stage.on(-7):
        for number, person_id in enumerate(list(people.values())[1:13]):
            give_feedback(workshop_id, person_id, _answers(stage, number))


def _answers(stage: Stage, number: int) -> dict[str, str]:
    rated = ("content", "trainers", "organisation", "own-1")
    given = {key: str(stage.chance.choice((5, 5, 5, 4, 4, 3))) for key in rated}
    given["good"] = GOOD[number % len(GOOD)]
    given["improve"] = IMPROVE[number % len(IMPROVE)] if number % 2 else ""
    return given


def _run_the_second(stage: Stage, programme_id: int) -> None:
    """Runs since yesterday, until tomorrow: the demonstration teacher sits in it today."""
    workshop_id = publish_plan(stage, -35, _cohort(stage, programme_id, "第二期", -1, -34))
    enrol_all(stage, -30, workshop_id, [*stage.mixed(0, 1), *stage.mixed(8, 21)])
    with stage.on(-1, 9) as actor:
        start(workshop_id, actor=actor)
    with stage.on(-1, 17) as actor:
        criterion_id = db.session.scalars(
            select(Criterion.id).where(
                Criterion.workshop_id == workshop_id,
                Criterion.kind == CriterionKind.ASSIGNMENT,
            )
        ).one()
        facts = AssignmentFacts(
            title="一份团体辅导方案",
            instructions="围绕一个主题设计 40 分钟的团体辅导，写明目标、流程和注意事项。",
            due_at=stage.at(7, 18),
            criterion_id=criterion_id,
        )
        add_assignment(workshop_id, facts, actor=actor)
    attend(stage, workshop_id, until=-1, often_absent=())
    mark(stage, 0, workshop_id, list(list_seated(workshop_id))[1:9])


def _open_the_third(stage: Stage, programme_id: int) -> None:
    """Open for another two weeks, approved by school and county: some wait for each, some are confirmed."""
    whole = _cohort(stage, programme_id, "第三期", 17, -4, approval=Approval.COUNTY)
    workshop_id = publish_plan(stage, -5, whole)
    enrol_all(stage, -3, workshop_id, stage.mixed(1, 15))
    waiting = list(
        db.session.scalars(
            select(Enrolment.id)
            .where(Enrolment.workshop_id == workshop_id)
            .order_by(Enrolment.number)
        )
    )
    with stage.on(-2) as actor:
        for enrolment_id in waiting[:10]:
            decide(enrolment_id, approve=True, actor=actor, step="school")
        for enrolment_id in waiting[:5]:
            decide(enrolment_id, approve=True, actor=actor, step="county")
        decide(
            waiting[10],
            approve=False,
            actor=actor,
            reason="学校同期有统考，建议下一期参加",
            step="school",
        )


def _open_others(stage: Stage) -> None:
    """A lecture that is full, with a line, and a study visit that is only for senior secondary schools."""
    lecture = Whole(
        facts={
            "title": "考前心理调适专题讲座",
            "kind": WorkshopKind.LECTURE,
            "level": TrainingLevel.PREFECTURE,
            "contact": "州教育体育局德育科",
            "enrolment_opens_at": stage.at(-3, 8),
            "enrolment_closes_at": stage.at(5, 18),
            "credit_hours": Decimal(4),
        },
        capacity=12,
        sessions=[
            SessionFacts(stage.at(8, 14), stage.at(8, 17), "楚雄市教师进修学校", "考前心理调适")
        ],
    )
    lecture_id = publish_plan(stage, -3, lecture)
    enrol_all(stage, -2, lecture_id, stage.mixed(6, 15))
    visit = Whole(
        facts={
            "title": "赴上海心理健康教育跟岗研修",
            "kind": WorkshopKind.EXTERNAL,
            "level": TrainingLevel.NATIONAL,
            "contact": "州教育体育局人事科",
            "approval": Approval.COUNTY,
            "eligible_stages": [SchoolStage.SENIOR.value, SchoolStage.COMPLETE_SECONDARY.value],
            "enrolment_opens_at": stage.at(-1, 8),
            "enrolment_closes_at": stage.at(25, 18),
            "credit_hours": Decimal(40),
        },
        capacity=10,
    )
    publish_plan(stage, -1, visit)
