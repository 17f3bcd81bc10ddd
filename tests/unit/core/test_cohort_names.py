"""Names of cohorts that follow each other."""

from __future__ import annotations

import pytest

from app.core.cohort_names import next_cohort


@pytest.mark.parametrize(
    ("cohort", "following"),
    [
        (None, None),
        ("", ""),
        ("第1期", "第2期"),
        ("第九期", "第十期"),
        ("第十九批", "第二十批"),
        ("2026年第3期", "2026年第4期"),
        ("2026-1", "2026-2"),
        ("秋季班", "秋季班"),
    ],
)
def test_names_the_next_cohort(cohort: str | None, following: str | None) -> None:
    assert next_cohort(cohort) == following
