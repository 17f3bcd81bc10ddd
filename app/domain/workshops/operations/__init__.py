"""Acts on workshops, one module per topic."""
