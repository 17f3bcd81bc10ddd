"""Large files that resume after a lost connection: the protocol at /uploads/, and how a form takes such a file."""

from app.blueprints.uploads.protocol import blueprint

__all__ = ["blueprint"]
