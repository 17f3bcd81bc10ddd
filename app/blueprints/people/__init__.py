"""Pages of the registry: the list, a person's record, forms about people and postings, one's own record."""

from app.blueprints.people import entry, merging, moving, own, postings, record, reveals, routes
from app.blueprints.people.blueprint import blueprint

__all__ = [
    "blueprint",
    "entry",
    "merging",
    "moving",
    "own",
    "postings",
    "record",
    "reveals",
    "routes",
]
