"""Accounts, the roles they hold on units, tokens and one-time codes."""
