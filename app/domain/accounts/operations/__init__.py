"""What is done to accounts: one function per act, by topic."""

from app.domain.accounts.operations.accounts import create_account
from app.domain.accounts.operations.grants import end_grant, grant_role, hand_over

__all__ = ["create_account", "end_grant", "grant_role", "hand_over"]
