"""Anyone checks a certificate here, without an account: online, from a file, or later without the network."""

from app.blueprints.verify import documents, files, offline, routes, shared  # noqa: F401  their routes
from app.blueprints.verify.blueprint import blueprint

__all__ = ["blueprint"]
