"""Pages of placements: base schools, cohorts, nominations, the semester, its appraisal and outcome."""

from app.blueprints.placements import appraisal, bureau, matching, routes
from app.blueprints.placements.blueprint import blueprint

__all__ = [
    "appraisal",
    "blueprint",
    "bureau",
    "matching",
    "routes",
]
