"""Entrata: properties, units, leases, residents, ledgers, work orders, guest cards, tours, vendors, invoices and
budgets; work orders are written back.

Protocol: `POST {base}/{org}/v1/{resource}` with `X-Api-Key`, the method in the body (docs.entrata.com). Not for
business rules: rows leave here canonical, and nothing above knows Entrata's field names.
"""

from app.integrations.entrata.connector import CONNECTOR

__all__ = ["CONNECTOR"]
