"""Which writes were begun and how they ended, by idempotency key, so that none is ever done twice.

`begun` is recorded before a write leaves and `done`, `failed` or `unknown` after. A row that stays `begun` is a write
whose outcome was lost with its process. A write that failed may be begun again: the moment of its beginning tells the
attempts apart, so that who comes late with the outcome of one never ends another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.security import ActionJournal
from app.db.upsert import insert_or_ignore


class ActionState(StrEnum):
    BEGUN = "begun"
    DONE = "done"
    FAILED = "failed"  # it certainly did not happen
    UNKNOWN = "unknown"  # it may have happened; only a person can tell


@dataclass(frozen=True)
class Action:
    """A write by its place and key. `arguments_hash` is the fingerprint of what was approved."""

    workspace_id: str
    key: str
    tool: str
    arguments_hash: str


@dataclass(frozen=True)
class Attempt:
    """One try at a write."""

    workspace_id: str
    key: str
    begun_at: datetime


async def begin(session: AsyncSession, action: Action, now: datetime) -> ActionState | None:
    """Claims the write. None: it is ours to carry out now. Otherwise the state that forbids a second try.

    A write that certainly failed may be begun again.
    """
    row = {
        "workspace_id": action.workspace_id,
        "id": action.key,
        "tool": action.tool,
        "arguments_hash": action.arguments_hash,
        "state": ActionState.BEGUN,
        "result": "",
        "begun_at": now,
    }
    if await insert_or_ignore(session, ActionJournal, row):
        return None
    again = await session.execute(
        update(ActionJournal)
        .where(*_is(action.workspace_id, action.key), ActionJournal.state == ActionState.FAILED)
        .values(state=ActionState.BEGUN, arguments_hash=action.arguments_hash, begun_at=now, ended_at=None, result="")
        .returning(ActionJournal.id)
    )
    if again.one_or_none() is not None:
        return None
    return await state_of(session, action.workspace_id, action.key)


async def end(session: AsyncSession, attempt: Attempt, state: ActionState, now: datetime, *, result: str = "") -> bool:
    """Records how an attempt ended. False when somebody else recorded its end already, or another attempt has begun.

    That it was done is recorded even where it was taken for failed: it is never begun again then.
    """
    open_ends = (ActionState.BEGUN, ActionState.UNKNOWN)
    before = (*open_ends, ActionState.FAILED) if state is ActionState.DONE else open_ends
    ended = await session.execute(
        update(ActionJournal)
        .where(
            *_is(attempt.workspace_id, attempt.key),
            ActionJournal.begun_at == attempt.begun_at,
            ActionJournal.state.in_(before),
        )
        .values(state=state, ended_at=now, result=result)
        .returning(ActionJournal.id)
    )
    return ended.one_or_none() is not None


async def state_of(session: AsyncSession, workspace_id: str, key: str) -> ActionState | None:
    found = await session.scalar(select(ActionJournal.state).where(*_is(workspace_id, key)))
    return None if found is None else ActionState(found)


async def left_begun(session: AsyncSession, before: datetime) -> list[ActionJournal]:
    """Writes begun before this moment whose end was never recorded, oldest first, over all workspaces."""
    found = await session.scalars(
        select(ActionJournal)
        .where(ActionJournal.state == ActionState.BEGUN, ActionJournal.begun_at < before)
        .order_by(ActionJournal.begun_at)
        .limit(500)
    )
    return list(found)


def _is(workspace_id: str, key: str) -> tuple[ColumnElement[bool], ...]:
    return (ActionJournal.workspace_id == workspace_id, ActionJournal.id == key)
