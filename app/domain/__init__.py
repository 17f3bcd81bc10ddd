"""What the system knows and does, one package per area; see docs/architecture.md for who may import whom."""
