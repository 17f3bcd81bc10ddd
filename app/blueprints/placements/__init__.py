"""Pages of placements: base schools, cohorts, nominations, the semester, its appraisal and outcome."""

from app.blueprints.placements import (
    appraisal,
    base_schools,
    bureau,
    changes,
    cohorts,
    guiding,
    log,
    log_files,
    log_writing,
    matching,
    nominating,
    nominations,
    offering,
    presence,
    record,
    routes,
    tasks,
)
from app.blueprints.placements.blueprint import blueprint

__all__ = [
    "appraisal",
    "base_schools",
    "blueprint",
    "bureau",
    "changes",
    "cohorts",
    "guiding",
    "log",
    "log_files",
    "log_writing",
    "matching",
    "nominating",
    "nominations",
    "offering",
    "presence",
    "record",
    "routes",
    "tasks",
]
