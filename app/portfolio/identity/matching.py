"""Looks for records of different systems that are one thing. The database finds the groups that share a key, the rules
in keys.py judge the pairs in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any, Final

from sqlalchemy import ColumnElement, case, func, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.identity import IdentityLink
from app.integrations.base import Problem, Problems
from app.portfolio.identity.keys import Card, same_company, same_person, same_property
from app.portfolio.identity.links import TABLES, Kind, State, link_id

_GROUPS_AT_ONCE: Final = 20_000
_LARGEST_GROUP: Final = 200  # what more records share means nothing (an office's phone)
_AT_ONCE: Final = 400

Pair = tuple[Card, Card, str]


@dataclass(frozen=True)
class Rule:
    """How one kind of record is compared: the columns of which one must be equal, who judges, and whether a match holds
    by itself."""

    kind: Kind
    keys: tuple[Callable[[Any], ColumnElement[str]], ...]
    card: Callable[[Any], Card]
    judge: Callable[[Card, Card], str]
    state: State


RULES: Final = (
    Rule(
        "property",
        (lambda table: func.substr(table.postal_code, 1, 5),),
        lambda row: Card(row.id, row.name, place=(row.street, row.postal_code)),
        same_property,
        "proposed",
    ),
    Rule(
        "person",
        (lambda table: func.lower(table.email), lambda table: table.phone),
        lambda row: Card(row.id, row.name, mail=row.email, phone=row.phone),
        same_person,
        "matched",
    ),
    Rule(
        "company",
        (lambda table: func.lower(table.domain), lambda table: func.lower(table.name)),
        lambda row: Card(row.id, row.name, mail=row.domain),
        same_company,
        "matched",
    ),
)


async def recognise(
    session: AsyncSession, workspace_id: str, sources: Sequence[str], now: datetime
) -> tuple[Problem, ...]:
    """Matches the records of these sources (the first named is the one that is kept), keeps what people decided, drops
    matches that nothing supports any more, and returns what fits more than one record or waits for somebody."""
    problems = Problems()
    rows = await session.scalars(select(IdentityLink).where(IdentityLink.workspace_id == workspace_id))
    known = {row.id: row for row in rows}
    supported: set[str] = set()
    for rule in RULES:
        pairs = await _pairs(session, workspace_id, rule, sources)
        for one, other, why in _clear(rule.kind, pairs, problems):
            link = link_id(rule.kind, one.id, other.id)
            supported.add(link)
            if link not in known:
                known[link] = _linked(workspace_id, rule, (one, other, why), now)
                session.add(known[link])
            if known[link].state == "proposed":
                problems.add("a property may be in two systems: see `sophia same list`", f"{one.name}: {why}")
    for link, row in known.items():
        if link not in supported and row.state in ("matched", "proposed"):
            await session.delete(row)
    return problems.all()


def _linked(workspace_id: str, rule: Rule, pair: Pair, now: datetime) -> IdentityLink:
    one, other, why = pair
    return IdentityLink(
        workspace_id=workspace_id,
        id=link_id(rule.kind, one.id, other.id),
        kind=rule.kind,
        kept_id=one.id,
        other_id=other.id,
        why=why,
        state=rule.state,
        created_at=now,
        decided_by="",
    )


async def _pairs(session: AsyncSession, workspace_id: str, rule: Rule, sources: Sequence[str]) -> list[Pair]:
    """The pairs of different sources that the rule judges to be one thing, each once."""
    found: dict[tuple[str, str], Pair] = {}
    async for groups in _all_groups(session, workspace_id, rule, sources):
        cards = await _cards(session, workspace_id, rule, {one for group in groups for one in group})
        for group in groups:
            ranked = sorted((cards[one] for one in group if one in cards), key=lambda card: _rank(card, sources))
            for one, other in combinations(ranked, 2):
                if one.source != other.source and (why := rule.judge(one, other)):
                    found.setdefault((one.id, other.id), (one, other, why))
    return list(found.values())


async def _all_groups(
    session: AsyncSession, workspace_id: str, rule: Rule, sources: Sequence[str]
) -> AsyncGenerator[list[list[str]]]:
    """The ids that share a key across sources, some groups at a time."""
    for key in rule.keys:
        last: str | None = ""
        while last is not None:
            groups = await _groups(session, workspace_id, rule, key, sources, last)
            yield list(groups.values())
            last = next(reversed(groups)) if len(groups) >= _GROUPS_AT_ONCE else None


async def _groups(
    session: AsyncSession,
    workspace_id: str,
    rule: Rule,
    key: Callable[[Any], ColumnElement[str]],
    sources: Sequence[str],
    last: str,
) -> dict[str, list[str]]:
    """The next groups by their key, in the order of the keys beyond `last`."""
    each = [
        select(
            table.id.label("id"),
            key(table).label("key"),
            case(
                *((table.id.startswith(f"{source}:", autoescape=True), rank) for rank, source in enumerate(sources)),
                else_=None,
            ).label("source"),
        ).where(table.workspace_id == workspace_id, table.deleted_at.is_(None), key(table) > last)
        for table in TABLES[rule.kind]
    ]
    records = union_all(*each).subquery()
    shared = (
        select(records.c.key)
        .group_by(records.c.key)
        .having(func.min(records.c.source) != func.max(records.c.source), func.count() <= _LARGEST_GROUP)
        .order_by(records.c.key)
        .limit(_GROUPS_AT_ONCE)
        .subquery()
    )
    rows = await session.execute(
        select(records.c.key, records.c.id)
        .join(shared, shared.c.key == records.c.key)
        .where(records.c.source >= 0)
        .order_by(records.c.key, records.c.id)
    )
    groups: dict[str, list[str]] = {}
    for value, record in rows:
        groups.setdefault(value, []).append(record)
    return groups


async def _cards(session: AsyncSession, workspace_id: str, rule: Rule, ids: Iterable[str]) -> dict[str, Card]:
    asked, cards = sorted(ids), dict[str, Card]()
    for table in TABLES[rule.kind]:
        for start in range(0, len(asked), _AT_ONCE):
            here = (table.workspace_id == workspace_id, table.id.in_(asked[start : start + _AT_ONCE]))
            cards |= {row.id: rule.card(row) for row in await session.scalars(select(table).where(*here))}
    return cards


def _rank(card: Card, sources: Sequence[str]) -> tuple[int, str]:
    return sources.index(card.source), card.id


def _clear(kind: Kind, pairs: Sequence[Pair], problems: Problems) -> Iterator[Pair]:
    """The pairs in which neither record fits another one of the same system as well; the others are problems."""
    often = Counter((card.id, other.source) for one, two, _ in pairs for card, other in ((one, two), (two, one)))
    for one, other, why in pairs:
        if often[one.id, other.source] == 1 and often[other.id, one.source] == 1:
            yield one, other, why
        else:
            problems.add(f"a {kind} fits more than one record of another system", f"{one.id} and {other.id}: {why}")
