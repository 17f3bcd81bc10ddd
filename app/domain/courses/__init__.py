"""Online courses: own ones, packages, and what was finished elsewhere; all end in training records."""
