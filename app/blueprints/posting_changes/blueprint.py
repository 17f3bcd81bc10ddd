"""The blueprint of proposed changes; the modules beside this one put their views on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("posting_changes", __name__)
