"""Reads one record again that its system says has changed."""

from __future__ import annotations

from datetime import datetime

from app.db.bulk import upsert
from app.db.engine import Database
from app.domain.clock import Clock
from app.integrations.telling import Telling
from app.portfolio.sync.derive import note_renewals
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
    async with db.reading() as session:
        row = await session.get(found.models[-1], (workspace_id, f"{connector.spec.key}:{record_id}"))
    if row is not None and row.as_of > told:
        return False
    asked_at = clock.now()
    page = await connector.reread(resource, record_id)
    async with db.transaction() as session:
        for batch in page.batches:
            await upsert(session, batch.model, workspace_id, [{**one, "as_of": asked_at} for one in batch.rows])
        for model, gone in page.gone:
            await bury(session, model, workspace_id, [gone], asked_at)
        await note_renewals(session, workspace_id, page)
    return True
