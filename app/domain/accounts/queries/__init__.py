"""Reads of accounts, grants and tokens, by topic."""

from app.domain.accounts.queries.tokens import TokenHolder, find_token

__all__ = ["TokenHolder", "find_token"]
