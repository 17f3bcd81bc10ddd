"""Form fields that workshops need: moments of the wall clock, several ticks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from wtforms import DateTimeLocalField
from wtforms.widgets import CheckboxInput, ListWidget

from app.blueprints.choice_fields import SelectMultipleField
from app.core import clock
from app.domain.workshops.rules.planning import instant

FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M"]


class MomentField(DateTimeLocalField):
    """A moment entered as the wall clock of the system's zone shows it; its data is the instant in UTC."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, format=FORMATS, **kwargs)
        self.type = "DateTimeLocalField"

    data: datetime | None

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        if self.data is None:
            return ""
        return clock.local(self.data).strftime(FORMATS[0])

    def process_formdata(self, valuelist: list[Any]) -> None:
        super().process_formdata(valuelist)
        if self.data is None:
            return
        moment = _instant(self.data)
        if moment is None:
            self.data = None
            raise ValueError(_("The clock is changed at that time; choose another."))
        self.data = moment


def _instant(wall: datetime) -> datetime | None:
    try:
        moment = instant(wall, clock.zone())
        return None if moment is None else moment.astimezone(UTC)
    except OverflowError:
        return None


class TicksField(SelectMultipleField):
    """Several of some choices, each a box to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.type = "SelectMultipleField"
