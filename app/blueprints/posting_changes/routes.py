"""Routes of the posting_changes area."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("posting_changes", __name__)
