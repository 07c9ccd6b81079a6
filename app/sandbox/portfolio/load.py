"""Writes the demo portfolio into the read model.

`load_register` is for a running demo, where the property side comes through a live source and its sync.
`load_everything` also writes the property side, with the ids that such a sync would give: for tests and benches.
`load_team` makes the local workspace's people members of the company.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

from app.db.engine import Database
from app.db.statistics import refresh_statistics
from app.portfolio.balances import recompute_property
from app.portfolio.months import refresh_months
from app.sandbox.portfolio.bulk import BulkWriter
from app.sandbox.portfolio.calendar import closed_months
from app.sandbox.portfolio.portfolio import Community, CommunityRegister, Portfolio
from app.sandbox.portfolio.property_rows import Target, write_community
from app.sandbox.portfolio.register_rows import RegisterTarget, write_community_register, write_company_register
from app.sandbox.portfolio.team import members
from app.sandbox.slack.seed import Workspace


async def load_register(
    db: Database, workspace_id: str, portfolio: Portfolio, *, as_of: datetime, property_source: str = "entrata"
) -> int:
    """Write what no live source holds yet: prospects, comps, vendors, invoices, budgets, CRM, calls and tasks.

    `as_of` is the moment the register is said to have confirmed the rows. Returns how many rows were written, in one
    transaction per community. The workspace must hold no register yet: ids that exist raise the database's error.
    """
    target = RegisterTarget(workspace_id, property_source, as_of)
    async with db.transaction() as session:
        writer = BulkWriter(await session.connection())
        written = await write_company_register(writer, target, portfolio.company_register())
    async for _, register in _made_ahead(portfolio):
        async with db.transaction() as session:
            writer = BulkWriter(await session.connection())
            written += await write_community_register(writer, target, register)
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
    target = Target(workspace_id, source, as_of)
    register_target = RegisterTarget(workspace_id, source, as_of)
    async with db.transaction() as session:
        writer = BulkWriter(await session.connection())
        written = await write_company_register(writer, register_target, portfolio.company_register())
    async for community, register in _made_ahead(portfolio):
        async with db.transaction() as session:
            writer = BulkWriter(await session.connection())
            written += await write_community(writer, target, community)
            written += await write_community_register(writer, register_target, register)
        if community.property == portfolio.properties[0]:
            await refresh_statistics(db)  # or the sums over the next ones would not know which index to use
        async with db.transaction() as session:
            await recompute_property(session, workspace_id, target.id(community.property.id), portfolio.today)
    return written


async def sum_up_months(db: Database, workspace_id: str, portfolio: Portfolio, *, source: str = "entrata") -> None:
    """The monthly sums of every community over the closed months of its history."""
    months = closed_months(portfolio.today)
    for prop in portfolio.properties:
        async with db.transaction() as session:
            await refresh_months(session, workspace_id, months, [f"{source}:{prop.id}"])


async def load_team(
    db: Database, workspace_id: str, workspace: Workspace, portfolio: Portfolio, *, source: str = "entrata"
) -> None:
    """Make the people of the local workspace members, or bring their rows up to date."""
    async with db.transaction() as session:
        for person in members(workspace, workspace_id, portfolio, source):
            await session.merge(person)


async def _made_ahead(portfolio: Portfolio) -> AsyncIterator[tuple[Community, CommunityRegister]]:
    """Each community with its register; the next one is made in a thread while the last one is written."""

    def make(communities: Iterator[Community]) -> tuple[Community, CommunityRegister] | None:
        community = next(communities, None)
        return None if community is None else (community, portfolio.register_of(community))

    communities = portfolio.communities()
    coming = asyncio.create_task(asyncio.to_thread(make, communities))
    while (made := await coming) is not None:
        coming = asyncio.create_task(asyncio.to_thread(make, communities))
        yield made
