"""Reads of workshops, one module per topic."""
