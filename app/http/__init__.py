"""The one way out of the house: outbound HTTP with pool, timeouts, safe retries, egress guard and metering.

Vendors' protocols live in app/integrations and app/gateways; nothing here knows one.
"""
