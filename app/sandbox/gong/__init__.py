"""A stand-in for Gong: a strict small server that speaks its API v2 and holds the demo portfolio's calls.

    python -m app.sandbox.gong --port 8932

It refuses what Gong refuses (keys, unknown fields, dates without a zone, stale cursors, too many requests) and answers
as Gong's OpenAPI file describes. For development, demos and tests only; it shares no code with the connector, so that a
mistake in one is not hidden by the same mistake in the other.
"""
