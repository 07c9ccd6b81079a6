"""Scheduled digests: one file a topic."""
