"""Acts on the registry, by topic."""
