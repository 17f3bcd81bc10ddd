"""Queries of the area, one module per topic."""
