"""Submitted modals: one file per interaction, found by registration (handlers/core/registry.py)."""
