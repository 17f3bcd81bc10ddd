"""Markdown that people write becomes HTML without anything that acts."""

from __future__ import annotations

import pytest

from app.core.rich_text import render_markdown


def test_headings_begin_below_those_of_the_page() -> None:
    assert render_markdown("# 目标\n\n###### 细则") == "<h3>目标</h3>\n<h6>细则</h6>\n"


def test_lists_tables_and_line_breaks_are_kept() -> None:
    html = render_markdown("1. 观摩\n2. 授课\n\n| 周 | 内容 |\n|---|---|\n| 1 | 听课 |\n\n甲\n乙")
    assert "<ol>\n<li>观摩</li>" in html
    assert "<td>听课</td>" in html
    assert "甲<br>" in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        '<img src=x onerror="alert(1)">',
        "![x](https://example.org/a.png)",
        '<a href="https://example.org" onclick="x()">x</a>',
        "<style>body{display:none}</style>",
    ],
)
def test_nothing_that_acts_gets_through(text: str) -> None:
    html = render_markdown(text)
    for bad in ("<script", "<img", "<style", "<a href", 'href="javascript'):
        assert bad not in html


def test_a_link_tells_the_other_side_nothing() -> None:
    html = render_markdown("[通知](https://example.org/a)")
    assert html == (
        '<p><a href="https://example.org/a" rel="noopener noreferrer nofollow">通知</a></p>\n'
    )
