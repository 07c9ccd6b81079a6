"""Writes the demo portfolio into the read model.

`load_register` is for a running demo, where the property side and the CRM come through live sources and their sync.
`load_everything` also writes those, with the ids that such a sync would give: for tests and benches.
`load_team` makes the local workspace's people members of the company.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from app.db.engine import Database
from app.db.statistics import refresh_statistics
from app.portfolio.balances import recompute_property
from app.portfolio.months import refresh_months
from app.portfolio.renewals import recompute_renewals
from app.sandbox.portfolio.bulk import Batch, BulkWriter
from app.sandbox.portfolio.calendar import closed_months
from app.sandbox.portfolio.making import Order, made_ahead
from app.sandbox.portfolio.portfolio import Portfolio
from app.sandbox.portfolio.team import members
from app.sandbox.slack.seed import Workspace


async def load_register(
    db: Database,
    workspace_id: str,
    portfolio: Portfolio,
    *,
    as_of: datetime,
    property_source: str = "entrata",
    elsewhere: Mapping[int, str] | None = None,
    vendors_elsewhere: Mapping[int, str] | None = None,
) -> int:
    """Write what no live source holds yet: comps, tours of people without a guest card, and the tours, invoices and
    budgets of communities that are not in the property source.

    `elsewhere` holds the read-model ids of those communities, `vendors_elsewhere` those of vendors there, both by the
    portfolio's ids. `as_of` is the moment the register is said to have confirmed the rows. Returns how many rows were
    written, in one transaction per community. The workspace must hold no register yet: ids that exist raise the
    database's error.
    """
    order = Order(
        workspace_id,
        property_source,
        as_of,
        db.engine.dialect.name,
        synced=False,
        elsewhere=elsewhere or {},
        vendors_elsewhere=vendors_elsewhere or {},
    )
    written = await _write(db, order.company(portfolio))
    async with made_ahead(portfolio, order) as communities:
        async for _, batches in communities:
            written += await _write(db, batches)
    await refresh_statistics(db)
    return written


async def load_everything(
    db: Database, workspace_id: str, portfolio: Portfolio, *, as_of: datetime, source: str = "entrata"
) -> int:
    """Write the whole portfolio with its derived sums. Same promises as `load_register`; `source` is the property
    system that the property side is said to come from."""
    written = await write_rows(db, workspace_id, portfolio, as_of=as_of, source=source)
    await sum_up_months(db, workspace_id, portfolio, source=source)
    await refresh_statistics(db)
    return written


async def write_rows(
    db: Database, workspace_id: str, portfolio: Portfolio, *, as_of: datetime, source: str = "entrata"
) -> int:
    """The rows of `load_everything` with every lease's balance, one transaction per community, so that any size fits
    into memory."""
    order = Order(workspace_id, source, as_of, db.engine.dialect.name)
    written = await _write(db, order.company(portfolio))
    async with made_ahead(portfolio, order) as communities:
        async for property_id, batches in communities:
            written += await _write(db, batches)
            if property_id == portfolio.properties[0].id:
                await refresh_statistics(db)  # or the sums over the next ones would not know which index to use
            async with db.transaction() as session:
                await recompute_property(session, workspace_id, f"{source}:{property_id}", portfolio.today)
                await recompute_renewals(session, workspace_id, f"{source}:{property_id}")
    return written


async def _write(db: Database, batches: Iterable[Batch]) -> int:
    async with db.transaction() as session:
        return await BulkWriter(await session.connection()).insert(batches)


async def sum_up_months(db: Database, workspace_id: str, portfolio: Portfolio, *, source: str = "entrata") -> None:
    """The monthly sums of every community over the closed months of its history."""
    await refresh_statistics(db)  # those of the first community mislead about which index to use
    months = closed_months(portfolio.today)
    for prop in portfolio.properties:
        async with db.transaction() as session:
            await refresh_months(session, workspace_id, months, [f"{source}:{prop.id}"])


async def load_team(
    db: Database,
    workspace_id: str,
    workspace: Workspace,
    portfolio: Portfolio,
    *,
    source: str = "entrata",
    elsewhere: Mapping[int, str] | None = None,
) -> None:
    """Make the people of the local workspace members, or bring their rows up to date. Their communities are in the
    property system `source`, but for those `elsewhere` (by id, their read-model ids)."""
    homes = {prop.id: f"{source}:{prop.id}" for prop in portfolio.properties} | dict(elsewhere or {})
    async with db.transaction() as session:
        for person in members(workspace, workspace_id, portfolio, homes):
            await session.merge(person)
