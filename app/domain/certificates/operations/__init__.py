"""Acts on credentials and their kinds, by topic."""
