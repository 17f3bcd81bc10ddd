"""The bureau's page: cohorts under way, what waits, base schools' load, counties against target and the forecast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import render_template
from flask_babel import gettext as _

from app.blueprints.placements import words
from app.blueprints.placements.front import front_page
from app.core import clock
from app.domain.accounts.rules import Actor
from app.domain.placements.queries.bureau import list_base_school_loads, list_standing_cohorts
from app.domain.placements.queries.bureau_waiting import count_waiting, list_waiting
from app.domain.placements.queries.forecast import list_planned_cohorts
from app.domain.placements.queries.overdue import list_overdue
from app.domain.placements.rules.forecast import Reached, forecast
from app.domain.placements.semester_words import CHANGES
from app.domain.statistics.ledger import Ledger, read_ledger
from app.domain.statistics.words import lead_policy
from app.domain.units.models import UnitKind

COUNTIES = {UnitKind.COUNTY.value, UnitKind.SPECIAL_ZONE.value}


@dataclass(frozen=True, slots=True)
class CountyForecast:
    """A county, what it has and wants, and by which cohort it would reach its target."""

    code: str
    name: str
    reached: Reached
    cohort_title: str

    @property
    def tone(self) -> str:
        if self.reached.is_reached:
            return "success"
        return "info" if self.reached.on is not None else "warning"

    def words(self) -> str:
        """Reached, expected on a day, or not reached by what is planned."""
        if self.reached.is_reached:
            return _("Target reached")
        if self.reached.on is None:
            return _("Not reached by what is planned")
        return _(
            "Expected on %(day)s (%(cohort)s)",
            day=self.reached.on.isoformat(),
            cohort=self.cohort_title,
        )


@front_page("placements.plan")
def bureau(actor: Actor) -> str:
    """Everything a bureau watches in its placements, today."""
    today = clock.today()
    ledger = read_ledger(actor.unit_id, as_of=today)
    return render_template(
        "placements/bureau.html",
        today=today,
        cohorts=list_standing_cohorts(actor),
        waiting=count_waiting(actor, today),
        wanted=list_waiting(actor, today),
        CHANGES=CHANGES,
        overdue=list_overdue(actor, today),
        schools=list_base_school_loads(actor, today),
        counties=_forecast(actor, ledger),
        covered=ledger.counties - len(ledger.gaps),
        all_counties=ledger.counties,
        lead_teachers=ledger.totals["lead_teachers"],
        policies=[lead_policy(setting) for setting in ledger.lead_policies],
        words=words,
    )


def _forecast(actor: Actor, ledger: Ledger) -> list[CountyForecast]:
    """The counties of the ledger, those that lack most first."""
    target = ledger.targets.lead_teachers_per_county or 0
    rows = {
        row.unit_id: row for row in ledger.rows if row.kind in COUNTIES and row.unit_id is not None
    }
    have = {unit_id: int(str(row.figures["lead_teachers"])) for unit_id, row in rows.items()}
    planned = list_planned_cohorts(actor)
    titles = {cohort.id: cohort.title for cohort in planned}
    found = forecast(have, dict.fromkeys(rows, target), planned)
    found.sort(key=_urgency)
    return [
        CountyForecast(
            rows[one.unit_id].code or "",
            rows[one.unit_id].name or "",
            one,
            titles.get(one.cohort_id or 0, ""),
        )
        for one in found
    ]


def _urgency(one: Reached) -> tuple[int, date]:
    if one.is_reached:
        return 2, date.max
    return (1, one.on) if one.on is not None else (0, date.max)
