"""What a workbook would do to the registry, thought out before anything is written."""

from app.domain.exchange.planning.plan import (
    Change,
    ChangedRow,
    NewRow,
    Outcome,
    PathBelow,
    Plan,
)
from app.domain.exchange.planning.whole import Order, plan_sheet

__all__ = ["Change", "ChangedRow", "NewRow", "Order", "Outcome", "PathBelow", "Plan", "plan_sheet"]
