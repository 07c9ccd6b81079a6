"""The names a person may use in a question: communities with their aliases, residents, contacts and prospects,
companies, vendors, teammates, channels.

For matching words only: an answer's rows come from the queries, which check rights again. Names are kept per
workspace and set of communities. A cheap look at the data tells whether they are still right: what people add through
Sophia counts at once. What a sync brings is read behind the first question that comes a minute after the last look, so
that nobody waits for the names of 100,000 residents; that question is read with the names as they were.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

import structlog
from sqlalchemy import ColumnElement, ScalarSelect, and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.engine import Database
from app.db.models.assistant import DigestSchedule
from app.db.models.business import Company, Contact
from app.db.models.leasing import GuestCard, Lease, Resident, Tour
from app.db.models.maintenance import Vendor
from app.db.models.property import Property
from app.db.models.security import Person
from app.db.models.sync import SyncState
from app.domain.clock import Clock, local_date
from app.domain.names import Names
from app.domain.principal import Principal, Role
from app.portfolio.visible import visible

LIVING = ("current", "notice", "future")
ACTIVE_CARDS = ("new", "contacted", "toured", "applied")
MOVED_OUT_DAYS = 120  # how long after moving out people are still asked about
PROSPECT_DAYS = 90
LARGE_PART_AGE = timedelta(seconds=60)
SCOPES_KEPT = 64  # workspaces x sets of communities

Version = tuple[Any, ...]

_log = structlog.get_logger(__name__)


@dataclass
class _Kept:
    """What is known for one scope. The small part is looked at for every question, the large one once a minute."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    small_version: Version | None = None
    large_version: Version | None = None
    looked_at: datetime | None = None
    large: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    reading: asyncio.Task[None] | None = None
    names: Names = field(default_factory=Names)


class NameBook:
    """The names of one database, kept between questions."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._kept: OrderedDict[tuple[str, frozenset[str] | None], _Kept] = OrderedDict()

    async def names(self, principal: Principal, clock: Clock) -> Names:
        """The names visible to the person. The same object as long as no name has changed."""
        if principal.roles <= {Role.GUEST}:
            return Names()
        kept = self._of(principal)
        async with kept.lock, self._db.reading() as session:
            await self._renew(kept, session, principal, clock)
        return kept.names

    def _of(self, principal: Principal) -> _Kept:
        key = (principal.workspace_id, principal.property_ids)
        kept = self._kept.setdefault(key, _Kept())
        self._kept.move_to_end(key)
        while len(self._kept) > SCOPES_KEPT:
            self._kept.popitem(last=False)
        return kept

    async def _renew(self, kept: _Kept, session: AsyncSession, principal: Principal, clock: Clock) -> None:
        now = clock.now()
        small_version = await _small_version(session, principal)
        changed = small_version != kept.small_version
        if kept.looked_at is None or not timedelta(0) <= now - kept.looked_at < LARGE_PART_AGE:
            large_version = (local_date(clock, principal.timezone), await _large_version(session, principal))
            if large_version != kept.large_version and not any(kept.large.values()):
                kept.large, kept.large_version = await _large_part(session, principal, clock), large_version
                changed = True
            elif large_version != kept.large_version and (kept.reading is None or kept.reading.done()):
                kept.reading = asyncio.create_task(self._read_behind(kept, principal, clock, large_version))
            kept.looked_at = now
        if not changed:
            return
        made = await _all_names(session, principal, kept.large)
        if made.version != kept.names.version:
            kept.names = made
        kept.small_version = small_version

    async def _read_behind(self, kept: _Kept, principal: Principal, clock: Clock, version: Version) -> None:
        """What fails here is tried again a minute later: until then the names stay as they were. Taken up between two
        questions, since one that is being read would call the names it was put together from current."""
        try:
            async with self._db.reading() as session:
                large = await _large_part(session, principal, clock)
        except Exception:
            _log.exception("names_not_read")
            return
        async with kept.lock:
            kept.large, kept.large_version = large, version
            kept.small_version = None  # the names are put together again


_BOOKS: WeakKeyDictionary[Database, NameBook] = WeakKeyDictionary()


async def load_names(db: Database, principal: Principal, clock: Clock) -> Names:
    """The names `principal` may use, from what is kept for this database: every community of the company, and the
    people of those they may see. Guests get none.

    `Names.version` changes only when a name does, so an index built over the names can be kept by it.
    """
    book = _BOOKS.get(db)
    if book is None:
        book = _BOOKS[db] = NameBook(db)
    return await book.names(principal, clock)


async def _small_version(session: AsyncSession, principal: Principal) -> Version:
    """Changes when a community, contact, company, vendor, teammate or digest channel may have changed."""
    looks: list[ScalarSelect[Any]] = []
    for model in (Property, Contact, Company, Vendor, DigestSchedule):
        seen = _of_the_company(principal) if model is Property else visible(principal, model)
        for look in (func.count(), func.max(model.as_of)):
            looks.append(select(look).where(seen).scalar_subquery())
    team = select(func.count()).where(Person.workspace_id == principal.workspace_id)
    return tuple((await session.execute(select(*looks, team.scalar_subquery()))).one())


async def _large_version(session: AsyncSession, principal: Principal) -> Version:
    """Changes when a sync has run or a prospect came in."""
    workspace_id = principal.workspace_id
    looks = [
        select(look).where(model.workspace_id == workspace_id).scalar_subquery()
        for model, look in (
            (SyncState, func.max(SyncState.last_success_at)),
            (SyncState, func.sum(SyncState.rows)),
            (Tour, func.count()),
            (GuestCard, func.count()),
        )
    ]
    return tuple((await session.execute(select(*looks))).one())


async def _large_part(session: AsyncSession, principal: Principal, clock: Clock) -> dict[str, tuple[str, ...]]:
    """Residents who live there, move in soon, left lately or still owe; prospects of the last months."""
    now, today = clock.now(), local_date(clock, principal.timezone)
    asked_about = or_(
        Lease.status.in_(LIVING),
        and_(Lease.status == "past", Lease.balance_cents > 0),
        and_(Lease.status == "past", Lease.move_out_on >= today - timedelta(days=MOVED_OUT_DAYS)),
    )
    residents = await session.scalars(
        select(Resident.name)
        .join(Lease, (Lease.workspace_id == Resident.workspace_id) & (Lease.resident_id == Resident.id))
        .where(visible(principal, Resident), Lease.workspace_id == principal.workspace_id, asked_about)
        .distinct()
    )
    cards = await session.scalars(
        select(GuestCard.name)
        .where(
            visible(principal, GuestCard),
            GuestCard.status.in_(ACTIVE_CARDS),
            GuestCard.inquired_on >= today - timedelta(days=PROSPECT_DAYS),
        )
        .distinct()
    )
    tours = await session.scalars(
        select(Tour.prospect)
        .where(visible(principal, Tour), Tour.starts_at >= now - timedelta(days=PROSPECT_DAYS))
        .distinct()
    )
    return {"residents": _sorted(residents), "prospects": _sorted([*cards, *tours])}


def _of_the_company(principal: Principal) -> ColumnElement[bool]:
    """Every community of the workspace, the person's own or not.

    A question about another's community must be read as being about that one, and then refused by the query. With its
    name unknown, "unit 406 at Birchwood" would be answered for unit 406 of the person's own community.
    """
    return and_(Property.workspace_id == principal.workspace_id, Property.deleted_at.is_(None))


async def _all_names(session: AsyncSession, principal: Principal, large: dict[str, tuple[str, ...]]) -> Names:
    properties = await session.execute(
        select(Property.name, Property.aliases).where(_of_the_company(principal)).order_by(Property.name)
    )
    people = await session.scalars(
        select(Person.name).where(Person.workspace_id == principal.workspace_id, Person.is_team.is_(True))
    )
    parts: dict[str, Any] = {
        "properties": {name: tuple(alias for alias in aliases.split("|") if alias) for name, aliases in properties},
        "communities": _sorted(await _column(session, principal, Property)),
        "residents": large["residents"],
        "contacts": _sorted([*await _column(session, principal, Contact), *large["prospects"]]),
        "companies": _sorted(await _column(session, principal, Company)),
        "vendors": _sorted(await _column(session, principal, Vendor)),
        "team": _sorted(people),
        "channels": await _channels(session, principal),
    }
    return Names(**parts, version=_digest(parts))


async def _column(session: AsyncSession, principal: Principal, model: Any) -> Sequence[str]:
    return (await session.scalars(select(model.name).where(visible(principal, model)))).all()


async def _channels(session: AsyncSession, principal: Principal) -> tuple[str, ...]:
    """The channels that digests go to; any other `#name` in a question speaks for itself."""
    found = await session.scalars(select(DigestSchedule.channel).where(visible(principal, DigestSchedule)).distinct())
    return _sorted(name for name in found if name.startswith("#"))


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _digest(parts: dict[str, Any]) -> str:
    return hashlib.blake2b(repr(sorted(parts.items())).encode(), digest_size=12).hexdigest()
