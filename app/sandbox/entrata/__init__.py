"""A stand-in for Entrata: a strict small server that speaks its wire protocol and holds the demo portfolio.

    python -m app.sandbox.entrata --port 8931 --data .sophia/entrata

It refuses what Entrata refuses (keys, methods, parameters, dates), writes its answers the way Entrata's PHP back end
does, keeps what is written to it, and can be told to fail. For development, demos and tests only; it shares no code
with the connector, so that a mistake in one is not hidden by the same mistake in the other.
"""
