"""The blueprint all pages of the ledger register on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("counties", __name__)
