"""Notices and their deliveries as stored rows."""
