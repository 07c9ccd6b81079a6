"""A stand-in for HubSpot: a strict small server that speaks its CRM API and holds the demo portfolio's business side.

    python -m app.sandbox.hubspot --port 8932 --data .sophia/hubspot

It refuses what HubSpot refuses (tokens, missing scopes, unknown properties, values that are no strings, searches beyond
10,000 results, calls above the limits), shows a change to searches only after a while, keeps what is written to it, and
tells a configured address of changes with signed webhooks. For development, demos and tests only; it shares no code
with the connector, so that a mistake in one is not hidden by the same mistake in the other.
"""
