"""The blueprint that every module of the imports' pages adds to."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("imports", __name__)
