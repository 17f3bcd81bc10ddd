"""What every area stands on: database, errors, clock, encryption, files, jobs."""
