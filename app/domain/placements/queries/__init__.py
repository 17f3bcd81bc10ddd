"""Reads of placements, scoped and ordered."""
