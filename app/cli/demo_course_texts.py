"""What the demonstration's online course says and asks."""

from __future__ import annotations

from app.domain.courses.rules.questions import QuestionText
from app.domain.courses.rules.words import QuestionKind

TITLE = "班主任心理健康教育能力提升"
SUMMARY = "面向班主任的入门课：认识学生情绪、开好心理主题班会、发现问题及时转介。约 3 小时，可用手机学习。"
DUTIES = """## 班主任是第一发现人

学生在校时间最长的陪伴者是班主任。心理健康教育不是“加一份工作”，而是把日常工作做细：

1. **看见**：每天留意出勤、作业、交往的变化；
2. **倾听**：先听完，再说话，不急着讲道理；
3. **求助**：拿不准就找学校专（兼）职心理教师，不独自承担。

> 班主任不作诊断，也不替代心理教师做个案辅导。
"""
REFERRAL = """## 什么情况要转介

- 情绪低落或烦躁**持续两周以上**，影响学习和交往；
- 言语、文字、画作中出现自伤、轻生内容；
- 遭受欺凌、家暴、性侵害的线索。

## 怎么做

1. 当天告知学校专（兼）职心理教师，情况紧急的先陪护、不离人；
2. 与家长沟通时说事实，不下结论；
3. 只让必须知道的人知道。
"""
TASK = "设计一次 40 分钟的心理主题班会，写明主题、目标、流程和保密约定，300 字以上。"
HANDED_IN = (
    "主题：给情绪起名字。目标：能说出三种以上情绪，会用“我感到……因为……”表达。"
    "流程：热身、情绪卡片、小组演练、分享。约定不外传、不评价。"
)
RETURNED = "流程写得清楚；请补充保密约定和发现异常后的处理办法，再提交。"


def _single(stem: str, *options: str) -> QuestionText:
    return QuestionText(QuestionKind.SINGLE, stem, options, (0,))


def _true(stem: str, right: bool) -> QuestionText:
    return QuestionText(QuestionKind.TRUE_FALSE, stem, (), (right,))


# (topic, what it says); in choices the right options stand first, learners see them shuffled.
QUESTIONS: tuple[tuple[str, QuestionText], ...] = (
    (
        "发现",
        _single(
            "学生情绪低落持续多久以上，应考虑转介？",
            "两周",
            "两天",
            "一学期",
            "一学年",
        ),
    ),
    (
        "发现",
        _single(
            "发现学生有轻生言语，班主任首先应当？",
            "陪护学生并立即报告学校",
            "等家长会时再说",
            "在班上公开教育",
            "要求学生写保证书",
        ),
    ),
    (
        "发现",
        QuestionText(
            QuestionKind.MULTIPLE,
            "下列哪些属于需要留意的变化？",
            ("突然不愿到校", "与同伴断绝来往", "作业字迹突变且情绪烦躁", "换了新书包"),
            (0, 1, 2),
        ),
    ),
    (
        "沟通",
        _single(
            "与家长沟通学生情况时，恰当的做法是？",
            "说看到的事实",
            "直接说出诊断",
            "在家长群里说明",
        ),
    ),
    (
        "沟通",
        QuestionText(
            QuestionKind.MULTIPLE,
            "倾听时有助于学生说下去的做法有？",
            ("保持目光接触", "复述对方的感受", "立即给出建议"),
            (0, 1),
        ),
    ),
    ("沟通", _true("学生谈话内容一律不得告诉任何人，包括有生命危险的情况。", False)),
    ("沟通", _true("班主任不作心理诊断。", True)),
    (
        "沟通",
        QuestionText(
            QuestionKind.FILL_IN,
            "需要专业帮助时，班主任应将学生____给学校专（兼）职心理教师。",
            (),
            (("转介", "转介绍"),),
        ),
    ),
)
