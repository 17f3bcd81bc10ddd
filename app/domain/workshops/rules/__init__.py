"""Plain rules of workshops; each topic in its own module."""
