"""What the appraisal form (考核鉴定表) of a placement says, as the paper takes it (templates/documents)."""

from __future__ import annotations

from typing import Any

from app.core import clock
from app.domain.people.rules import Sex
from app.domain.placements.appraisal_words import RECORDED_RESULTS
from app.domain.placements.models import AppraisalOpinion, Placement
from app.domain.placements.queries.appraisal import standing_opinions
from app.domain.placements.queries.progress import read_progress
from app.domain.placements.queries.visibility import current_stay
from app.domain.placements.rules.progress import Progress
from app.domain.placements.rules.words import Opinion, Phase

PROGRAMME = "心理健康教育教师跟岗培训"
SEXES = {Sex.FEMALE: "女", Sex.MALE: "男"}


def read_form_facts(placement: Placement) -> dict[str, Any]:
    """Everything filled in that is known; what is not signed yet stays empty, to be signed on paper."""
    stay = current_stay(placement)
    progress = read_progress([placement.id])[placement.id]
    opinions = standing_opinions(placement.id, Phase.FINAL)
    sex = placement.person.sex
    return {
        "issuer": placement.cohort.unit.name,
        "programme": PROGRAMME,
        "cohort": placement.cohort.title,
        "name": placement.person.name,
        "gender": "" if sex is None else SEXES[sex],
        "unit": placement.nominating_unit.name,
        "school": placement.unit.name,
        "base_school": "" if stay is None else stay.base_school.name,
        "starts_on": placement.starts_on,
        "ends_on": placement.ends_on,
        "mentor": "" if stay is None or stay.mentor is None else stay.mentor.person.name,
        "observations": progress.observations,
        "lessons": progress.lessons,
        "group_sessions": progress.group_sessions,
        "case_sessions": progress.case_sessions,
        "attendance": _attendance(progress),
        "result": "" if placement.result is None else RECORDED_RESULTS[placement.result],
        "opinions": {opinion.value: _said(opinions.get(opinion)) for opinion in Opinion},
    }


def _attendance(progress: Progress) -> str:
    """应到90天，实到88天，迟到1天，请假2天，缺勤0天: only what is recorded."""
    counted = progress.present + progress.late + progress.leave + progress.absent
    if not counted:
        return ""
    words = [f"应到{counted}天", f"实到{progress.present + progress.late}天"]
    others = (("迟到", progress.late), ("请假", progress.leave), ("缺勤", progress.absent))
    return "，".join([*words, *(f"{word}{days}天" for word, days in others if days)])


def _said(opinion: AppraisalOpinion | None) -> dict[str, Any]:
    if opinion is None:
        return {"text": "", "signer": "", "day": None}
    day = clock.local(opinion.signed_at).date()
    return {"text": opinion.text, "signer": opinion.signed_by_name, "day": day}
