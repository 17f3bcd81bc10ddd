"""Routes of the inbox area."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("inbox", __name__)
