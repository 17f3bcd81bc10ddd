"""Whether a text looks as if it named a pupil. Source: DOMAIN.md §7, "No student's data anywhere".

Identity numbers and phones are refused; what may be a name is only pointed at: the trainee decides.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable
from dataclasses import dataclass


class PersonalKind(enum.StrEnum):
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"
    PUPIL = "pupil"


REFUSED = frozenset({PersonalKind.IDENTITY_NUMBER, PersonalKind.PHONE})


@dataclass(frozen=True, slots=True)
class Finding:
    """A piece of a text that looks personal."""

    kind: PersonalKind
    text: str


_FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ－　", "0123456789Xx- ")
_GAP = r"[ \-]?"
# 18 characters with a day of this or the last century inside, blanks or hyphens between; or the 15 of before 1999.
_IDENTITY = re.compile(
    rf"(?<!\d)(?:\d{_GAP}){{6}}(?:1{_GAP}9|2{_GAP}0)(?:{_GAP}\d){{2}}{_GAP}"
    rf"(?:0{_GAP}[1-9]|1{_GAP}[0-2]){_GAP}(?:0{_GAP}[1-9]|[12]{_GAP}\d|3{_GAP}[01])"
    rf"(?:{_GAP}\d){{3}}{_GAP}[\dXx](?![\dXx])"
    r"|(?<!\d)[1-8]\d{7}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}(?!\d)"
)
_PHONE = re.compile(rf"(?<!\d)(?:\+?86{_GAP})?1[3-9]\d(?:{_GAP}\d{{4}}){{2}}(?!\d)")

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤"
    "鲁普岩玉刀罕俸字茶鲍"
)
_NAME = rf"[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}"
_HIDDEN = rf"[{_SURNAMES}](?:某某?|[×＊*]{{1,2}}|[xX]{{2}})"
_LITTLE = r"小[\u4e00-\u9fff]"
_ANY_NAME = rf"(?P<name>{_HIDDEN}|{_NAME}|{_LITTLE})"
_PUPIL = r"(?:学生|男生|女生|孩子|同学|来访者|个案|案主|求助者)"
_CLASS = r"(?:[一二三四五六七八九初高][一二三四五六七八九十年级0-9（(]{0,6}|[0-9]{1,4})[)）]?班"
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_PUPIL}[：:（(“ ]?{_ANY_NAME}",
        rf"(?P<name>{_HIDDEN}|{_LITTLE}|{_NAME})(?:同学|小朋友)",
        rf"{_CLASS}的?(?:学生)?[：:（(“ ]?{_ANY_NAME}",
        rf"(?P<name>{_HIDDEN})(?![a-zA-Z])",
        r"(?P<name>小[明红刚华强丽芳军东亮伟])",
        rf"(?:名叫|名字叫|姓名[是：:]){_GAP}(?P<name>{_NAME}|{_LITTLE})",
    )
)
# Everyday words that begin like a name.
_EVERYDAY = """
小组 小学 小班 小结 小时 小心 小小 小型 小节 小测 小事 小品 小于 小孩 小朋 小声 小队 小步 小伙 小升 小学
高中 高一 高二 高三 高年 高考 高度 高兴 高危 高效 高质 高低 高级 高峰 任何 任务 任课 任教 任性 任其 方面 方式
方法 方案 方向 方才 万一 万分 金色 石头 白天 白纸 白板 武术 严重 严格 严肃 余下 许多 许可 于是 于心 程度 程序
田径 林间 江边 马上 马虎 周一 周二 周三 周四 周五 周六 周日 周末 周记 周围 夏季 何种 何时 何为 段落 史料 毛笔
毛病 顾虑 顾及 顾问 普通 普遍 普及 曾经 曾有 谢谢 黄色 黄昏 温和 田野 钱包 叶子 字数 字迹 字面 字条
茶话 余力 孔子 丁点 石子 玉石 龙舟 雷雨 何处 莫名 莫大 林荫 张开 张贴 张望 江湖 白日
"""
_WORDS = frozenset(_EVERYDAY.split())
_TITLES = re.compile(r"老师|教师|导师|校长|主任|书记|医生|专家|教授")
_PSEUDONYM = re.compile(r"[（(，,]?(?:化名|代称)")


def why_looks_personal(*texts: str) -> list[Finding]:
    """Every piece of the texts that looks personal, each once, in order. Empty: nothing does.

    A teacher's name (王老师) and what is marked as invented (小明（化名）) do not.
    """
    found: dict[Finding, None] = {}
    for text in texts:
        plain = text.translate(_FULL_WIDTH)
        for finding in (*_numbers(plain), *_names(plain)):
            found[finding] = None
    return list(found)


def refused(findings: Iterable[Finding]) -> list[Finding]:
    """Those that may not be kept at all: identity numbers and phones."""
    return [finding for finding in findings if finding.kind in REFUSED]


def _numbers(text: str) -> Iterable[Finding]:
    identities = [match.span() for match in _IDENTITY.finditer(text)]
    for start, end in identities:
        yield Finding(PersonalKind.IDENTITY_NUMBER, text[start:end].strip(" -"))
    for match in _PHONE.finditer(text):
        if not any(start <= match.start() < end for start, end in identities):
            yield Finding(PersonalKind.PHONE, match.group())


def _names(text: str) -> Iterable[Finding]:
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(text):
            start, end = match.span("name")
            if any(one < end and start < other for one, other in taken):
                continue
            if _is_name(text, start, end):
                taken.append((start, end))
    for start, end in sorted(taken):
        yield Finding(PersonalKind.PUPIL, text[start:end])


def _is_name(text: str, start: int, end: int) -> bool:
    return (
        text[start : start + 2] not in _WORDS
        and not _TITLES.search(text[start : end + 2])
        and not _PSEUDONYM.match(text, end)
    )
