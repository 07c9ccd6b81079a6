"""The HTTP side: signed requests from Slack, health, metrics."""
