"""Accounts and grants, for the security administrator of a unit."""

from app.blueprints.users import grants, standing  # noqa: F401  their routes join the blueprint
from app.blueprints.users.lists import blueprint

__all__ = ["blueprint"]
