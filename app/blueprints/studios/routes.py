"""Routes of the studios area."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("studios", __name__)
