"""Writes the demo portfolio into the read model.

`load_register` is for a running demo, where the property side comes through a live source and its sync.
`load_everything` also writes the property side, with the ids that such a sync would give: for tests and benches.
"""

from __future__ import annotations

from datetime import datetime

from app.db.engine import Database
from app.portfolio.balances import recompute_property
from app.sandbox.portfolio.bulk import BulkWriter
from app.sandbox.portfolio.portfolio import Portfolio
from app.sandbox.portfolio.property_rows import Target, write_community


async def load_everything(
    db: Database, workspace_id: str, portfolio: Portfolio, *, as_of: datetime, source: str = "entrata"
) -> int:
    """Write the whole portfolio, one transaction per community, so that any size fits into memory.

    `as_of` is the moment the source is said to have confirmed the rows. Returns how many rows were written. The
    workspace must hold no portfolio yet: ids that exist already raise the database's integrity error.
    """
    target = Target(workspace_id, source, as_of)
    written = 0
    for community in portfolio.communities():
        async with db.transaction() as session:
            writer = BulkWriter(await session.connection())
            written += await write_community(writer, target, community)
            await recompute_property(session, workspace_id, target.id(community.property.id), portfolio.today)
    return written
