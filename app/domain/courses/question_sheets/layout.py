"""What a workbook of questions looks like, for who writes it and who reads it."""

from __future__ import annotations

from app.domain.courses.rules.questions import LETTERS

CODE, VERSION, KIND, TOPIC = "编号", "版本", "题型", "知识点"
STEM, ANSWER, EXPLANATION = "题干", "正确答案", "解析"
OPTIONS = tuple(f"选项{letter}" for letter in LETTERS)
HEADERS = (CODE, VERSION, KIND, TOPIC, STEM, *OPTIONS, ANSWER, EXPLANATION)
REQUIRED = (KIND, STEM, ANSWER)
ALIASES = {
    "试题编号": CODE,
    "题目编号": CODE,
    "类型": KIND,
    "试题类型": KIND,
    "题目类型": KIND,
    "分类": TOPIC,
    "章节": TOPIC,
    "题目": STEM,
    "试题": STEM,
    "试题内容": STEM,
    "答案": ANSWER,
    "参考答案": ANSWER,
    "答案解析": EXPLANATION,
    "试题解析": EXPLANATION,
    **dict(zip(LETTERS, OPTIONS, strict=True)),
}  # fmt: skip
SHEET, INSTRUCTIONS = "试题", "填写说明"
HEADER_LINE = 1
PREPARED_ROWS = 1000
MOST_ROWS = 1000

EXPLAINED = (
    (CODE, "本题库内唯一。新题可不填，系统自动编号；导出的不要改，系统凭它认出原题。", "0001"),
    (VERSION, "系统填写，请不要改；新题不填。导入时发现题目在导出之后被他人改过，会提示并保留较新的。", "1"),
    (KIND, "从下拉框中选择：单选题、多选题、判断题、填空题、简答题。已有试题的题型不能改。", "单选题"),
    (TOPIC, "可不填。测验可以按知识点抽题。", "危机干预"),
    (STEM, "题目的文字。填空题用两个以上的下划线表示一个空：____。", "心理辅导的首要原则是什么？"),
    ("选项A 至 选项H", "单选题、多选题填写，至少 2 个，最多 8 个，从 A 起连续填写；其他题型不填。", "保密"),
    (ANSWER, "单选题写一个字母；多选题写几个字母，如 ABD；判断题写“正确”或“错误”；填空题每空一行（或用分号分开），"
     "同一空可接受的几种写法用竖线分开，如 保密|保密性；简答题写参考答案，供阅卷人使用。", "A"),
    (EXPLANATION, "可不填。按测验的设置在交卷后显示给学员。", "保密是建立信任的前提。"),
)  # fmt: skip
NOTES = (
    "橙色栏目必填。表头可以调换顺序，不认识的栏目不读取，空行不读取。",
    "只要有一行有错，整张表都不导入；错误按行、按栏列出，改好后重新上传。",
    "多选题：选错一个不得分，少选按选对的比例得分。填空题：按空给分，不计全角半角、大小写和空格。",
    "不要写学生的任何信息。",
)
