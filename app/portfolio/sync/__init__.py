"""Keeps the read model fresh from its source systems: first loads, increments, full reconciles.

`sync_source` reads every resource of one connector, property by property and page by page. Each page and the place
after it are stored in one transaction, so that a crash costs one page. Not for: vendors (app/integrations), schedules
(app/runtime), what the rows mean (app/portfolio).
"""

from app.portfolio.sync.engine import sync_source
from app.portfolio.sync.report import SyncMode, SyncProgress, SyncReport

__all__ = ["SyncMode", "SyncProgress", "SyncReport", "sync_source"]
