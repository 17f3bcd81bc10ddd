"""Activation slips: accounts for the people of a unit, printed."""

from app.blueprints.slips.routes import blueprint

__all__ = ["blueprint"]
