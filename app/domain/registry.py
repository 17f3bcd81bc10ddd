"""Every module with tables, so that metadata and migrations see them all."""

from __future__ import annotations

from app.core import idempotency, jobs, resumable, versions
from app.domain.accounts import models as accounts
from app.domain.audit import models as audit
from app.domain.certificates import models as certificates
from app.domain.courses import models as courses
from app.domain.exchange import models as exchange
from app.domain.outbox import models as outbox
from app.domain.people import models as people
from app.domain.personal_data import models as personal_data
from app.domain.placements import models as placements
from app.domain.statistics import models as statistics
from app.domain.units import models as units
from app.domain.workshops import models as workshops

__all__ = [
    "accounts",
    "audit",
    "certificates",
    "courses",
    "exchange",
    "idempotency",
    "jobs",
    "outbox",
    "people",
    "personal_data",
    "placements",
    "resumable",
    "statistics",
    "units",
    "versions",
    "workshops",
]
