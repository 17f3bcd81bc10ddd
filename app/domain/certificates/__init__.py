"""Credentials that people bring, their kinds, and their verification."""
