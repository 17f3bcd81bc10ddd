"""Signing in and out, one's own account, activation and reset."""

from app.blueprints.accounts import (  # noqa: F401  their routes join the blueprint
    account,
    activation,
    notices,
    password,
    privacy,
    reset,
    sign_in,
    staying,
    tokens,
)
from app.blueprints.accounts.blueprint import blueprint

__all__ = ["blueprint"]
