"""The append-only record of every act and every reveal, sealed in a hash chain."""
