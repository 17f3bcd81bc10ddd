"""Routes of the users area."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("users", __name__)
