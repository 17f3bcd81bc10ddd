"""Choices are pairs wherever they are given: where a field is made, set later, made when asked, or in groups."""

from __future__ import annotations

from typing import Any

from wtforms import Form

from app.blueprints.choice_fields import RadioField, SelectField, SelectMultipleField


class Asked(Form):
    level = SelectField("Level", choices=[("county", "县级"), ("school", "校级")])
    role = RadioField("Role", choices=lambda: [("trainer", "讲师")])
    mentor = SelectField("Mentor")
    days = SelectMultipleField("Days", choices=[(1, "周一"), (2, "周二")], coerce=int)


def offered(field: Any) -> list[tuple[Any, str]]:
    return [(choice.value, choice.label) for choice in field.iter_choices()]


def test_pairs_are_offered_and_validated() -> None:
    form = Asked(data={"level": "school", "role": "trainer", "days": [2]})
    form.mentor.choices = [("", "–")]
    form.mentor.data = ""
    assert offered(form.level) == [("county", "县级"), ("school", "校级")]
    assert offered(form.role) == [("trainer", "讲师")]
    assert form.validate()
    form.mentor.data = "7"
    assert not form.validate()


def test_groups_come_with_their_names() -> None:
    form = Asked()
    form.mentor.choices = {
        "临沧市一中": [("3", "王老师"), ("4", "李老师")],
        "民族中学": [("5", "岩老师")],
    }
    form.mentor.data = "4"
    groups = [
        (name, [(choice.label, choice.selected) for choice in group])
        for name, group in form.mentor.iter_groups()
    ]
    assert groups == [
        ("临沧市一中", [("王老师", False), ("李老师", True)]),
        ("民族中学", [("岩老师", False)]),
    ]
