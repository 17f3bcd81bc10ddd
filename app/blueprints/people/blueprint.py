"""The blueprint of the registry's pages; the modules beside this one put their views on it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("people", __name__)
