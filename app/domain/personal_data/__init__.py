"""What touches every area at once: merge two records of one person, and take that back."""
