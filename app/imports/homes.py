"""From the names that a file uses to the communities of the read model, and what is known of each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.base import Sourced
from app.db.models.finance import GlMonth
from app.db.models.leasing import Lease, LedgerEntry, Resident
from app.db.models.property import FloorPlan, MarketComp, Property, Unit
from app.imports.home import Home
from app.imports.kind import Kind, Record
from app.imports.values import Refused
from app.integrations.registry import all_connectors
from app.portfolio.find import folded, listed, near
from app.portfolio.imported import IMPORT
from app.portfolio.sources import system_name

_KEPT_BY_SYNC = ("workspace_id", "as_of", "deleted_at")
_DERIVED = ("balance_cents", "past_due_cents", "oldest_open_charge_on", "rent_override_cents")
_PROPERTY_SIDE: tuple[type[Sourced], ...] = (Property, FloorPlan, Unit, Lease, Resident, LedgerEntry)
_SLUG = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True)
class Speaking:
    """Which day a sheet speaks for, and which year its title names."""

    as_of: date
    year: int | None


class Homes:
    """The communities of one workspace, each loaded when a row first names it."""

    def __init__(self, session: AsyncSession, workspace_id: str, *, create: bool, timezone: str) -> None:
        self._session, self._workspace_id, self._create, self._timezone = session, workspace_id, create, timezone
        self._names: dict[str, str] = {}  # folded name or alias to id
        self._shown: dict[str, str] = {}  # id to name
        self._homes: dict[str, Home] = {}
        self.made: dict[str, Record] = {}  # new communities by id

    async def open(self) -> None:
        """Reads the names. A name that two communities share leads to neither."""
        found = await self._session.execute(
            select(Property.id, Property.name, Property.aliases).where(
                Property.workspace_id == self._workspace_id, Property.deleted_at.is_(None)
            )
        )
        shared: set[str] = set()
        for home, name, aliases in found:
            self._shown[home] = name
            for one in {folded(name), *(folded(alias) for alias in aliases.split("|") if alias)}:
                shared |= {one} & self._names.keys()
                self._names[one] = home
        for one in shared:
            del self._names[one]

    def known(self, name: str) -> str:
        """The id of the community of exactly that name or alias, else ""."""
        return self._names.get(folded(name), "")

    def all(self) -> Sequence[Home]:
        return list(self._homes.values())

    async def home(self, name: str, kind: Kind, speaking: Speaking) -> Home:
        """The community of that name with what is known of it. Raises Refused for an unknown one and for one that
        another system keeps."""
        home_id = self.known(name) or self._new(name, kind)
        self._check_owner(home_id, kind)
        home = self._homes.get(home_id)
        if home is None:
            home = self._homes[home_id] = Home(home_id, self._shown[home_id], speaking.as_of, speaking.year)
            if home.is_own and home_id not in self.made:
                await self._load_tenancies(home)
        home.as_of, home.year = speaking.as_of, speaking.year
        for model in {GlMonth, MarketComp}.intersection(kind.models) - home.looked_up:
            home.looked_up.add(model)
            await self._look_up_taken(home, model)
        return home

    def _new(self, name: str, kind: Kind) -> str:
        if not (self._create and kind.makes_properties):
            close = near(name, list(self._shown.values()))
            hint = f"; did you mean {listed(close)}?" if close else ""
            makes = "; in the terminal --create-properties makes it" if kind.makes_properties else ""
            raise Refused(f"there is no community called “{name[:60]}”{hint}{makes}")
        slug = _SLUG.sub("-", name.casefold()).strip("-")[:40]
        home_id = f"{IMPORT}:{slug}"
        if not slug or home_id in self._shown:
            raise Refused(f"“{name[:60]}” can't be told from {self._shown.get(home_id, 'nothing')}")
        self._names[folded(name)], self._shown[home_id] = home_id, name
        self.made[home_id] = Record(Property, {"id": home_id, "name": name, "timezone": self._timezone})
        return home_id

    def _check_owner(self, home_id: str, kind: Kind) -> None:
        source = home_id.partition(":")[0]
        if source == IMPORT:
            return
        spec = all_connectors().get(source)
        kept = {model for resource in spec.resources for model in resource.models} if spec else set(_PROPERTY_SIDE)
        if kept.intersection(kind.models):
            raise Refused(
                f"{self._shown[home_id]} is kept in {system_name(source)}, which brings this itself; "
                "taking it from a file too would double it"
            )

    async def _load_tenancies(self, home: Home) -> None:
        for row in await self._rows(home, Unit):
            home.add_unit(row)
        for row in await self._rows(home, Lease):
            home.add_lease(row)
        here = (Resident.workspace_id == self._workspace_id, Resident.property_id == home.id)
        found = await self._session.execute(select(Resident.id, Resident.search_name).where(*here))
        home.residents = {row[0]: row[1] for row in found}

    async def _look_up_taken(self, home: Home, model: type[Sourced]) -> None:
        if model is GlMonth:
            rows = await self._foreign(home, GlMonth, GlMonth.account, GlMonth.month)
            home.taken |= {(account, month): source for source, account, month in rows}
            return
        rows = await self._foreign(home, MarketComp, MarketComp.competitor, MarketComp.bedrooms, MarketComp.surveyed_on)
        home.taken |= {(name.casefold(), beds, on): source for source, name, beds, on in rows}

    async def _rows(self, home: Home, model: type[Unit | Lease]) -> list[dict[str, Any]]:
        """The community's living rows by column name, without what others keep."""
        columns = [one for one in model.__table__.columns if one.name not in (*_KEPT_BY_SYNC, *_DERIVED)]
        found = await self._session.execute(
            select(*columns).where(
                model.workspace_id == self._workspace_id, model.property_id == home.id, model.deleted_at.is_(None)
            )
        )
        return [dict(row) for row in found.mappings()]

    async def _foreign(self, home: Home, model: type[GlMonth | MarketComp], *columns: Any) -> list[tuple[Any, ...]]:
        """What sources other than imports hold of the community: the source's name, then the columns."""
        found = await self._session.execute(
            select(model.id, *columns).where(
                model.workspace_id == self._workspace_id,
                model.property_id == home.id,
                model.deleted_at.is_(None),
                ~model.id.startswith(f"{IMPORT}:", autoescape=True),
            )
        )
        return [(system_name(row[0].partition(":")[0]), *row[1:]) for row in found]
