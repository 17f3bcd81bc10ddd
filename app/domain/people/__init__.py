"""The registry: people, dated postings, designations, studios and teams, training records."""
