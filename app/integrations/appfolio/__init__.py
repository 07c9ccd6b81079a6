"""AppFolio: properties, units, leases, residents, ledgers and work orders; work orders and notes are written back.

AppFolio has two APIs with credentials of their own. The Database API v0 lists records by what changed since and takes
writes; the Reports API v2 has what it lacks: rents, unit types, payments. Not for business rules: rows leave here
canonical, and nothing above knows AppFolio's field names.
"""

from app.integrations.appfolio.connector import CONNECTOR

__all__ = ["CONNECTOR"]
