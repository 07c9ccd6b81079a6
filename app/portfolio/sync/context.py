"""What all parts of one sync share."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from app.db.engine import Database
from app.domain.clock import Clock
from app.integrations.base import Connector, Problems, Resource
from app.portfolio.sync.place import PlaceKey
from app.portfolio.sync.report import SyncMode
from app.portfolio.sync.shapes import Shapes

HISTORY_MONTHS: Final = 24


@dataclass(frozen=True)
class SyncContext:
    """One run over one source for one workspace. `holder` names the run among all that share the database. Parts that
    anybody began to read (in mode "full": read whole) less than `rest` ago are left alone; a part that another run
    holds is looked at again every `look_again` seconds."""

    db: Database
    workspace_id: str
    connector: Connector
    clock: Clock
    mode: SyncMode
    holder: str
    rest: timedelta = timedelta(0)
    look_again: float = 2.0
    problems: Problems = field(default_factory=Problems)

    @cached_property
    def shapes(self) -> Shapes:
        return Shapes(self.workspace_id, self.source)

    @property
    def source(self) -> str:
        return self.connector.spec.key

    @property
    def horizon(self) -> date:
        """The first day of the history that is read: the first of the month two years back."""
        today = self.clock.now().date()
        year, month = divmod(today.year * 12 + today.month - 1 - HISTORY_MONTHS, 12)
        return date(year, month + 1, 1)

    @asynccontextmanager
    async def writing(self) -> AsyncGenerator[AsyncSession]:
        """A transaction for a long write."""
        if not self.db.is_sqlite:
            async with self.db.transaction() as session:
                yield session
            return
        async with self.db.long_writes, self.db.transaction() as session:
            yield session


@dataclass(frozen=True)
class Part:
    """One resource of one property (`property_id`, the source's own, is empty for the whole account)."""

    context: SyncContext
    resource: Resource
    property_id: str

    @property
    def home(self) -> str:
        """The property's read-model id, empty for the whole account."""
        return f"{self.context.source}:{self.property_id}" if self.property_id else ""

    @property
    def key(self) -> PlaceKey:
        return PlaceKey(self.context.workspace_id, self.context.source, self.resource.key, self.property_id)
