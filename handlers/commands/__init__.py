"""Slash commands: one file per interaction, found by registration (handlers/core/registry.py)."""
