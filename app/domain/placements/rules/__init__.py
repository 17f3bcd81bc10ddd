"""Rules of placements: plain values in, plain values out."""
