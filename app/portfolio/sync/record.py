"""Reads one record again that its system says has changed."""

from __future__ import annotations

from datetime import datetime

from app.db.bulk import upsert
from app.db.engine import Database
from app.domain.clock import Clock
from app.integrations.telling import Telling
from app.portfolio.identity import shadowed
from app.portfolio.sync.derive import follow_page
from app.portfolio.sync.reader import without
from app.portfolio.sync.reconcile import bury


async def refresh_record(
    db: Database, workspace_id: str, connector: Telling, clock: Clock, *, resource: str, record_id: str, told: datetime
) -> bool:
    """Brings a record in line with its source, unless that was done after `told`, when its change was heard of: many
    changes of one record cost one reading. Returns whether it was read. Raises SophiaErrors and LookupError for a
    resource that the connector has not."""
    found = next((one for one in connector.spec.resources if one.key == resource), None)
    if found is None:
        raise LookupError(f"{connector.spec.key} has no resource {resource}")
    source = connector.spec.key
    async with db.reading() as session:
        rows = [await session.get(model, (workspace_id, f"{source}:{record_id}")) for model in found.models]
    if any(row is not None and row.as_of > told for row in rows):
        return False
    asked_at = clock.now()
    page = await connector.reread(resource, record_id)
    async with db.transaction() as session:
        page = without(await shadowed(session, workspace_id, source), page)
        for batch in page.batches:
            await upsert(session, batch.model, workspace_id, [{**one, "as_of": asked_at} for one in batch.rows])
        for model, gone in page.gone:
            await bury(session, model, workspace_id, [gone], asked_at)
        await follow_page(session, workspace_id, page, clock)
    return True
