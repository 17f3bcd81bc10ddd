"""Workshops: planned, published, enrolled in, attended, graded, completed."""
