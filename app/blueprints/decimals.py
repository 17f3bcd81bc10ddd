"""A form field for numbers that may have a fraction: 8 and not 8.00, whatever the column keeps."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wtforms import DecimalField


class PlainDecimalField(DecimalField):
    """Shows a number without idle zeros, and what was typed as it was typed."""

    def __init__(self, label: Any, validators: Any = (), **options: Any) -> None:
        super().__init__(label, validators, places=None, **options)
        self.type = "DecimalField"

    def _value(self) -> str:
        if self.raw_data or self.data is None:
            return str(super()._value())
        return f"{Decimal(str(self.data)).normalize():f}"
