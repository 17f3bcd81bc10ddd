"""The JSON API (CONTRACT.md, JSON API)."""

from __future__ import annotations

from flask import Flask


def register_api(app: Flask) -> None:
    """Put /api/v1 on the application."""
