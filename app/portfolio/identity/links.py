"""The links between records, and what people decide about them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.base import Sourced
from app.db.models.business import Company, Contact
from app.db.models.identity import IdentityLink
from app.db.models.leasing import Resident
from app.db.models.property import Property
from app.db.models.sync import SyncState
from app.domain.errors import Fixable, NotFound

Kind = Literal["property", "person", "company"]
State = Literal["matched", "proposed", "confirmed", "apart"]
TABLES: Mapping[Kind, tuple[type[Sourced], ...]] = {
    "property": (Property,),
    "person": (Resident, Contact),
    "company": (Company,),
}
HOLDS: tuple[State, ...] = ("matched", "confirmed")
_AT_ONCE = 400


@dataclass(frozen=True)
class Link:
    """Two records that are, may be, or are said not to be one thing; the names are as their systems have them."""

    id: str
    kind: Kind
    kept_id: str
    other_id: str
    kept_name: str
    other_name: str
    why: str
    state: State


def link_id(kind: Kind, one: str, other: str) -> str:
    """The same whichever comes first."""
    digest = hashlib.sha256("\n".join(sorted((one, other))).encode()).hexdigest()
    return f"{kind}-{digest[:12]}"


async def known_links(session: AsyncSession, workspace_id: str) -> list[Link]:
    """Those that wait for somebody first, then by kind and age."""
    rows = list(
        await session.scalars(
            select(IdentityLink)
            .where(IdentityLink.workspace_id == workspace_id)
            .order_by(IdentityLink.state != "proposed", IdentityLink.kind, IdentityLink.created_at, IdentityLink.id)
        )
    )
    names = await _names(session, workspace_id, [one for row in rows for one in (row.kept_id, row.other_id)])
    return [
        Link(
            row.id,
            row.kind,  # type: ignore[arg-type]
            row.kept_id,
            row.other_id,
            names.get(row.kept_id, "(gone)"),
            names.get(row.other_id, "(gone)"),
            row.why,
            row.state,  # type: ignore[arg-type]
        )
        for row in rows
    ]


async def decide(session: AsyncSession, workspace_id: str, link: str, *, same: bool, by: str, now: datetime) -> None:
    """Somebody says that two records are one thing, or that they are not. Raises NotFound for an unknown link."""
    row = await session.get(IdentityLink, (workspace_id, link))
    if row is None:
        raise NotFound(
            f"There is no match “{link}”.", next_step="`sophia same list` shows all of them.", code="match_unknown"
        )
    row.state = "confirmed" if same else "apart"
    row.decided_by, row.decided_at = by, now
    if row.kind == "property":
        await _read_anew(session, workspace_id, row.other_id)


async def join(session: AsyncSession, workspace_id: str, kept: str, other: str, *, by: str, now: datetime) -> str:
    """Somebody says that two records are one thing which no rule has matched; returns the link's id. Raises NotFound
    for an unknown record and Fixable for two of different kinds or of one system."""
    kind, other_kind = await _kind(session, workspace_id, kept), await _kind(session, workspace_id, other)
    if kind != other_kind or kept.partition(":")[0] == other.partition(":")[0]:
        raise Fixable(
            "Only two records of the same kind in different systems can be one thing.",
            next_step="Within one system, please merge them there.",
            code="not_the_same_kind",
        )
    row = IdentityLink(
        workspace_id=workspace_id,
        id=link_id(kind, kept, other),
        kind=kind,
        kept_id=kept,
        other_id=other,
        why="said by a person",
        state="confirmed",
        created_at=now,
        decided_by=by,
        decided_at=now,
    )
    await session.merge(row)
    if kind == "property":
        await _read_anew(session, workspace_id, other)
    return row.id


async def shadowed(session: AsyncSession, workspace_id: str, source: str) -> list[str]:
    """The properties of a source that another system's property stands for, as read-model ids."""
    found = await session.scalars(
        select(IdentityLink.other_id).where(
            IdentityLink.workspace_id == workspace_id,
            IdentityLink.kind == "property",
            IdentityLink.state == "confirmed",
            IdentityLink.other_id.startswith(f"{source}:", autoescape=True),
        )
    )
    return list(found)


async def twins(session: AsyncSession, workspace_id: str, ids: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """For each of the records that has any: the others that are the same thing, with the reason."""
    wanted = set(ids)
    found: dict[str, list[tuple[str, str]]] = {}
    asked = sorted(wanted)
    for start in range(0, len(asked), _AT_ONCE):
        some = asked[start : start + _AT_ONCE]
        rows = await session.scalars(
            select(IdentityLink).where(
                IdentityLink.workspace_id == workspace_id,
                IdentityLink.state.in_(HOLDS),
                or_(IdentityLink.kept_id.in_(some), IdentityLink.other_id.in_(some)),
            )
        )
        for row in rows:
            for one, other in ((row.kept_id, row.other_id), (row.other_id, row.kept_id)):
                if one in wanted and (other, row.why) not in found.setdefault(one, []):
                    found[one].append((other, row.why))
    return {one: others for one, others in found.items() if others}


async def _read_anew(session: AsyncSession, workspace_id: str, property_id: str) -> None:
    """What is read for the whole account of the property's system is read in full at its next sync: rows of this
    property are in it that did not change."""
    source = property_id.partition(":")[0]
    account = SyncState.id.startswith(f"{source}:", autoescape=True) & SyncState.id.endswith(":*")
    await session.execute(delete(SyncState).where(SyncState.workspace_id == workspace_id, account))


async def _kind(session: AsyncSession, workspace_id: str, record: str) -> Kind:
    for kind, tables in TABLES.items():
        for table in tables:
            if await session.get(table, (workspace_id, record)) is not None:
                return kind
    raise NotFound(
        f"There is no property, person or company “{record}”.",
        next_step="Ids look like entrata:10001; answers name them in their sources.",
        code="record_unknown",
    )


async def _names(session: AsyncSession, workspace_id: str, ids: list[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for table in (Property, Resident, Contact, Company):
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            rows = await session.execute(
                select(table.id, table.name).where(table.workspace_id == workspace_id, table.id.in_(some))
            )
            names.update((record, name) for record, name in rows)
    return names
