"""Gong: recorded calls with who took part, what was said and when. Read only.

Protocol: API v2 over JSON with Basic authentication (Gong's OpenAPI file of 2024-12, help.gong.io). Not for business
rules: rows leave here canonical, and nothing above knows Gong's field names.
"""

from app.integrations.gong.connector import CONNECTOR

__all__ = ["CONNECTOR"]
