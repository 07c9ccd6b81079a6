"""HubSpot: companies, contacts, deals, tasks and notes; deal stages, tasks, notes and contacts are written back.

Protocol: `/crm/v3/objects/{type}` and `/crm/v4/associations` with a private app's token (developers.hubspot.com/docs).
Not for business rules: rows leave here canonical, and nothing above knows HubSpot's names of properties.
"""

from app.integrations.hubspot.connector import CONNECTOR

__all__ = ["CONNECTOR"]
