"""Calls and notes as documents, kept in step with the read model after every sync.

What is gone there is forgotten, what changed hands is hidden before anything else, and what did not change costs
nothing. Not for: who may read a record (app/portfolio/written.py), what a transcript looks like (reading/).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.written import Standing, WrittenRecord
from app.knowledge.library import LONGEST_ID, Arriving, Library
from app.knowledge.passages import DocumentKind
from app.knowledge.reading import transcript
from app.knowledge.reading.base import Block, Section

AT_ONCE = 50  # records whose texts are in memory together
Load = Callable[[Mapping[str, frozenset[str]]], Awaitable[Sequence[WrittenRecord]]]
"""From document ids with their readers to the records."""


@dataclass(frozen=True)
class Kept:
    """What a run did: documents taken in anew or again, and forgotten."""

    taken_in: int = 0
    forgotten: int = 0


async def keep_in_step(
    library: Library,
    workspace_id: str,
    prefixes: Sequence[str],
    standings: Mapping[str, Standing],
    load: Load,
    *,
    since: datetime,
) -> Kept:
    """Brings the documents whose ids start with `prefixes` in line with `standings`, which are all records there are.

    A record is looked at when it has no document, other readers than its document, or was confirmed by its source since
    `since`. Raises what the library raises: the rest is done the next time.
    """
    known = {one.id: one for prefix in prefixes for one in await library.documents(workspace_id, prefix)}
    gone = [one for one in known if one not in standings]
    changed_hands = [one for one, is_ in standings.items() if one in known and known[one].readers != is_.readers]
    await library.forget(workspace_id, [*gone, *changed_hands])
    due = [
        one
        for one, is_ in standings.items()
        if len(one) <= LONGEST_ID and (one not in known or one in set(changed_hands) or is_.as_of >= since)
    ]
    taken_in = 0
    for start in range(0, len(due), AT_ONCE):
        for record in await load({one: standings[one].readers for one in due[start : start + AT_ONCE]}):
            taken = await library.take_in(workspace_id, arriving(record))
            taken_in += taken.outcome in ("added", "replaced")
    return Kept(taken_in, len(gone))


def arriving(record: WrittenRecord) -> Arriving:
    """The record as a document on its way in."""
    is_call = record.kind == "call"
    return Arriving(
        id=record.id,
        title=record.title,
        kind=DocumentKind.TRANSCRIPT if is_call else DocumentKind.NOTE,
        readers=record.readers,
        dated=record.dated,
        link=record.link,
        sections=tuple(transcript.sections_of(transcript.turns_of(record.text)))
        if is_call
        else (Section((), (Block(record.text),)),),
    )
