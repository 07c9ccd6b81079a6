"""What happens in Slack: one file per interaction, found by registration (handlers/core/registry.py)."""
