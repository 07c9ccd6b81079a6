"""Durable work: intake, queues, schedules, takeover, outbox. No business logic."""
