"""The blueprint that the modules of this package join."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("certificates", __name__)
