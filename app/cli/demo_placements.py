"""The demonstration's placements: a third cohort of Lincang under way with the four gap counties, a fourth open."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select

from app.cli.demo_placements_stage import (
    WEEKS,
    WEEKS_AGO,
    Scene,
    actor_of,
    actor_of_mentor,
    read_scene,
)
from app.core.db import db
from app.domain.accounts.rules import Actor
from app.domain.placements.models import Placement, Stay
from app.domain.placements.operations import proposing
from app.domain.placements.operations.capacities import set_capacity
from app.domain.placements.operations.deciding import approve
from app.domain.placements.operations.entry_facts import ActivityFacts, EntryFacts
from app.domain.placements.operations.log import hand_in_entry, save_entry, start_entry
from app.domain.placements.operations.nominating import Wish, nominate
from app.domain.placements.operations.offering import SeatLine, set_seats
from app.domain.placements.operations.planning import CohortFacts, create_cohort
from app.domain.placements.operations.presence import Wish as PresenceWish
from app.domain.placements.operations.presence import record_day
from app.domain.placements.operations.signing import sign_entry
from app.domain.placements.operations.standing import publish_cohort
from app.domain.placements.queries.matching import seen_digest
from app.domain.placements.rules.matching_inputs import Weights
from app.domain.placements.rules.spans import is_school_day
from app.domain.placements.rules.words import ActivityKind, PresenceState

PLAN = """一、目标：为尚无带头人的县（区）各培养一名带头人。

二、内容：听课评课、执教汇报课、团体辅导与个案辅导观摩、心理危机预警与转介流程。

三、要求：每周一篇跟岗日志，期中、期末各一次鉴定。**不得记录学生个人信息。**
"""
CONTENT = (
    "熟悉学校心理辅导中心的工作制度，随导师整理本学期心理健康教育计划，参加教研组例会。",
    "观摩心理健康教育课并完成听课记录，课后与导师评课，讨论活动设计与课堂提问。",
    "在导师指导下备课并试讲，按评课意见修改教案；协助心理委员培训。",
    "跟随导师观摩团体辅导，学习方案设计与过程记录；整理辅导室档案目录。",
    "独立执教一节心理健康教育课，导师听课评课；参加家长学校讲座的筹备。",
    "学习心理危机预警与转介流程，参加学校“一生一策”工作例会（只谈流程）。",
)
REFLECTION = (
    "规范的制度是工作的前提，回校后先把辅导室的值班和记录建起来。",
    "提问要少而精，给同伴分享留足时间。",
    "教案的目标还要再具体，活动之间要有过渡。",
    "团体辅导的规则约定很关键，带领者要稳得住节奏。",
)


def load_placements() -> None:
    """A cohort that began some weeks ago and the next one, open for nominations; relative to today."""
    scene = read_scene()
    begins = scene.today - timedelta(days=scene.today.weekday() + 7 * WEEKS_AGO)
    cohort_id = _plan(scene, begins)
    _place(scene, cohort_id, begins)
    _live(scene, cohort_id, begins)
    _open_next(scene, begins)


def _facts(title: str, begins: date, opens: date, closes: date) -> CohortFacts:
    """A term of 18 weeks with what Lincang asks for."""
    return CohortFacts(
        title=title,
        starts_on=begins,
        ends_on=begins + timedelta(days=7 * WEEKS - 3),
        nominations_open_on=opens,
        nominations_close_on=closes,
        mid_term_on=begins + timedelta(weeks=WEEKS_AGO + 2),
        required_hours=Decimal(360),
        credit_hours=Decimal(160),
        required_observations=20,
        required_lessons=8,
        required_group_sessions=4,
        required_case_sessions=4,
        required_attendance=90,
        plan=PLAN,
    )


def _publish(scene: Scene, facts: CohortFacts) -> int:
    cohort_id = create_cohort(scene.bureau.unit_id, facts, actor=scene.bureau).id
    seats = [SeatLine(school_id, 2) for school_id in scene.mentors]
    set_seats(cohort_id, seats, actor=scene.bureau)
    publish_cohort(cohort_id, actor=scene.bureau)
    return cohort_id


def _plan(scene: Scene, begins: date) -> int:
    """Published two months before it begins, with what the base schools offer."""
    from_day = begins - timedelta(days=63)
    with scene.on(from_day):
        for school_id in scene.mentors:
            set_capacity(
                school_id,
                seats=3,
                stage=None,
                subject=None,
                valid_from=from_day,
                actor=scene.bureau,
            )
    with scene.on(begins - timedelta(days=60)):
        opens, closes = begins - timedelta(days=56), begins - timedelta(days=21)
        return _publish(scene, _facts("第三期", begins, opens, closes))


def _place(scene: Scene, cohort_id: int, begins: date) -> None:
    """The four counties without a lead teacher nominate, the bureau approves, the matching is confirmed."""
    schools = list(scene.mentors)
    with scene.on(begins - timedelta(days=40)):
        for number, person_id in enumerate(scene.trainees.values()):
            preferences = (schools[number % 2], schools[1 - number % 2])
            wish = Wish("本县尚无带头人，愿学成后承担全县教研与培训工作。", preferences)
            made = nominate(
                cohort_id,
                person_id,
                wish,
                release_note="学校书面同意选派",
                actor=scene.bureau,
            )
            approve(made.id, actor=scene.bureau)
    day = begins - timedelta(days=14)
    with scene.on(day):
        draft = proposing.draw_up(cohort_id, Weights(), actor=scene.bureau)
        proposing.lay_down(cohort_id, draft, actor=scene.bureau)
    with scene.on(day, 11):
        proposing.confirm(cohort_id, seen=seen_digest(cohort_id), actor=scene.bureau)


def _live(scene: Scene, cohort_id: int, begins: date) -> None:
    """Logs handed in and signed week by week; the last full week waits, and one trainee is behind."""
    found = db.session.execute(
        select(Placement.id, Placement.person_id, Stay.mentor_id)
        .join(Stay, Stay.placement_id == Placement.id)
        .where(Placement.cohort_id == cohort_id)
        .order_by(Placement.id)
    )
    rows = [(one, person, mentor) for one, person, mentor in found if mentor is not None]
    mentors = {mentor_id: actor_of_mentor(mentor_id) for _p, _q, mentor_id in rows}
    for number, (placement_id, person_id, mentor_id) in enumerate(rows):
        trainee = actor_of(person_id)
        for week in range(WEEKS_AGO):
            if number == len(rows) - 1 and week >= WEEKS_AGO - 2:
                break
            signed = week < WEEKS_AGO - 1
            _write_week(
                scene,
                placement_id,
                begins + timedelta(weeks=week),
                (trainee, mentors[mentor_id] if signed else None),
                number + week,
            )
    guided: dict[int, list[int]] = {}
    for placement_id, _person, mentor_id in rows:
        guided.setdefault(mentor_id, []).append(placement_id)
    for mentor_id, placement_ids in guided.items():
        _record_presence(scene, begins, placement_ids, mentors[mentor_id])


def _write_week(
    scene: Scene, placement_id: int, monday: date, who: tuple[Actor, Actor | None], number: int
) -> None:
    trainee, mentor = who
    with scene.on(monday + timedelta(days=5), 20):
        entry_id = start_entry(placement_id, monday, actor=trainee).id
        facts = EntryFacts(
            CONTENT[number % len(CONTENT)],
            REFLECTION[number % len(REFLECTION)],
            Decimal(20 + number % 3),
            _activities(monday, number),
        )
        save_entry(entry_id, facts, placement_id=placement_id, actor=trainee)
        hand_in_entry(entry_id, placement_id=placement_id, actor=trainee)
    if mentor is not None:
        with scene.on(monday + timedelta(days=8)):
            comment = ("记录认真。", "评课意见写得具体，继续保持。", "可多写反思。")[number % 3]
            sign_entry(entry_id, placement_id=placement_id, actor=mentor, comment=comment)


def _activities(monday: date, number: int) -> list[ActivityFacts]:
    found = [
        ActivityFacts(
            ActivityKind.OBSERVATION,
            monday + timedelta(days=1),
            2,
            ("情绪管理", "人际交往", "考前心理调适", "认识自我")[number % 4],
        )
    ]
    if number % 2:
        day = monday + timedelta(days=3)
        found.append(ActivityFacts(ActivityKind.LESSON, day, 1, "汇报课：学会倾听"))
    if number % 3 == 0:
        day = monday + timedelta(days=2)
        found.append(ActivityFacts(ActivityKind.GROUP_SESSION, day, 1, "新生适应团体辅导"))
    if number % 3 == 1:
        day = monday + timedelta(days=4)
        found.append(ActivityFacts(ActivityKind.CASE_SESSION, day, 1, "随导师观摩，学习记录规范"))
    return found


def _record_presence(scene: Scene, begins: date, placement_ids: list[int], mentor: Actor) -> None:
    day, number = begins, 0
    while day < scene.today:
        if is_school_day(day):
            wishes = {
                placement_id: PresenceWish(
                    PresenceState.LATE
                    if (number + placement_id) % 37 == 0
                    else PresenceState.PRESENT,
                    0,
                )
                for placement_id in placement_ids
            }
            with scene.on(day, 18):
                record_day(day, wishes, actor=mentor)
            number += 1
        day += timedelta(days=1)


def _open_next(scene: Scene, begins: date) -> None:
    """The fourth cohort, open for nominations since three days."""
    opens = scene.today - timedelta(days=3)
    with scene.on(opens):
        starts = begins + timedelta(weeks=WEEKS + 4)
        _publish(scene, _facts("第四期", starts, opens, opens + timedelta(days=30)))
