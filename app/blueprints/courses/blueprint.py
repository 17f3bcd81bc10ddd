"""The blueprint of the courses' pages; the modules beside this one put their views on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("courses", __name__)
