"""Acts on placements, one function each."""
