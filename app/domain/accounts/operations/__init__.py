"""What is done to accounts: one function per act, by topic."""

from app.domain.accounts.operations.accounts import create_account
from app.domain.accounts.operations.codes import issue_codes
from app.domain.accounts.operations.grants import end_grant, grant_role, hand_over
from app.domain.accounts.operations.tokens import create_tokens

__all__ = [
    "create_account",
    "create_tokens",
    "end_grant",
    "grant_role",
    "hand_over",
    "issue_codes",
]
