"""Numbers of certificates: who takes some holds the series until they are used: none is missing or given twice."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from app.core.db import db
from app.core.documents.glyphs import missing_glyphs
from app.core.errors import DomainError, InvalidInput
from app.core.holding import hold_name
from app.core.i18n import gettext as _
from app.domain.certificates.models import NumberSeries
from app.domain.certificates.rules.numbers import LONGEST_PREFIX, prefix_key, why_not_prefix


def tidy_prefix(prefix: str) -> str:
    """The prefix without blanks around. Raises ``prefix_empty``, ``prefix_too_long``, ``prefix_brackets``,
    ``prefix_signs``, and ``prefix_glyphs`` for characters that the font lacks.
    """
    problem = why_not_prefix(prefix)
    lacking = missing_glyphs([prefix])
    if problem is None and not lacking:
        return prefix.strip()
    messages = {
        "empty": _("Give the prefix of the numbers, for instance 临教培."),
        "too_long": _("The prefix has at most %(count)s characters.", count=LONGEST_PREFIX),
        "brackets": _("Leave brackets out of the prefix: the year stands in them."),
        "signs": _("Write the prefix with letters, digits, dots and dashes alone."),
        "glyphs": _("The font lacks “%(signs)s”. Take another prefix.", signs="".join(lacking)),
    }
    found = problem or "glyphs"
    raise InvalidInput(messages[found], f"prefix_{found}", "prefix")


def refuse_foreign_prefix(prefix: str, unit_id: int) -> None:
    """Raises ``prefix_taken`` when another unit numbers its certificates so."""
    owner = db.session.scalar(
        select(NumberSeries.unit_id)
        .where(NumberSeries.prefix_key == prefix_key(prefix), NumberSeries.unit_id != unit_id)
        .limit(1)
    )
    if owner is not None:
        raise DomainError(
            _("Another unit numbers its certificates with “%(prefix)s”. Take another prefix.")
            % {"prefix": prefix},
            "prefix_taken",
            "prefix",
        )


def take_numbers(unit_id: int, prefix: str, year: int, count: int) -> tuple[NumberSeries, int]:
    """The next ``count`` numbers of prefix〔year〕: the series and the first of them.

    The series is locked until the act ends; when it fails nothing was taken. Raises ``prefix_taken``.
    """
    session, key = db.session(), prefix_key(prefix)
    hold_name(f"number_series.{key}")  # whose it is holds for every year of it
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    session.execute(
        insert(NumberSeries)
        .values(unit_id=unit_id, prefix=prefix, prefix_key=key, year=year, next_number=1)
        .on_conflict_do_nothing()
    )
    series = session.scalars(
        select(NumberSeries)
        .where(NumberSeries.prefix_key == key, NumberSeries.year == year)
        .with_for_update(of=NumberSeries)
        .execution_options(populate_existing=True)
    ).one()
    refuse_foreign_prefix(prefix, unit_id)
    first = series.next_number
    series.next_number = first + count
    session.flush()
    return series, first
