"""Acts on everything that is known of a person, whatever area it stands in."""
