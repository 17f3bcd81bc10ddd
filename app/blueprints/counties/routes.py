"""Routes of the counties area."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("counties", __name__)
