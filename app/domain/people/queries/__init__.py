"""Reads of the registry, by topic."""
