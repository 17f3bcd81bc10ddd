"""Pages of certificates: issued ones, batches that issue them, templates, and a teacher's own."""

from app.blueprints.certificates import (
    batch_acts,
    batches,
    downloads,
    ending,
    issued,
    passport,
    tasks,
    template_acts,
    template_editor,
    template_images,
    templates,
    wallet,
)
from app.blueprints.certificates.blueprint import blueprint

__all__ = [
    "batch_acts",
    "batches",
    "blueprint",
    "downloads",
    "ending",
    "issued",
    "passport",
    "tasks",
    "template_acts",
    "template_editor",
    "template_images",
    "templates",
    "wallet",
]
