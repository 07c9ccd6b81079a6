"""Bytes to sections, one file per format."""
