"""The one outbound HTTP client: pool, timeouts, safe retries, egress check, metering."""
