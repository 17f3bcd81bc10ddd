"""Routes of the home area."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("home", __name__)
