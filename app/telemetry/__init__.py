"""Logs, metrics, health, and the trace id that ties log lines to a turn."""
