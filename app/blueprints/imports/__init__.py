"""Pages of imports: upload, preview, confirm, result; the queue of people to be picked; the history."""

from app.blueprints.imports import acts, downloads, mappings, queue, routes, upload
from app.blueprints.imports.blueprint import blueprint

__all__ = ["acts", "blueprint", "downloads", "mappings", "queue", "routes", "upload"]
