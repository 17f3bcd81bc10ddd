"""Reads of credentials and their kinds, by topic."""
