"""The rules of the area: plain values in and out."""
