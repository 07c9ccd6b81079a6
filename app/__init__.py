"""Sophia: a Slack-first assistant for apartment companies. See docs/architecture.md for the plan of the house."""
