"""The blueprint of verification, and what its views share."""

from __future__ import annotations

from flask import Blueprint, Response

blueprint = Blueprint("verify", __name__)

# Only guesses that find nothing count: a school that checks a pile of certificates guesses nothing.
GUESSES = "30 per minute; 100 per hour"


def found_nothing(response: Response) -> bool:
    """Whether an answer counts as a guess that missed."""
    return response.status_code == 404
