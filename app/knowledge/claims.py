"""Whose turn it is to write a document: noticed when it was forgotten, or written by somebody else, on the way in.

Reading and embedding a document takes seconds to minutes, and its passages and its row may be on two servers, so no
transaction holds it together. Who takes it in claims it first; forgetting takes the claim away, and so does whoever
claims it later. A row is written only by the claim that stands (docs/adr/0018-a-document-appears-whole.md).
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.knowledge import KnowledgeClaim, KnowledgeDocument
from app.db.upsert import insert_for


async def claim(session: AsyncSession, workspace_id: str, document_id: str) -> str:
    """Claims a document; the claim before it, if there is one, stands no longer."""
    claimed = secrets.token_hex(16)
    statement = insert_for(session, KnowledgeClaim).values(
        workspace_id=workspace_id, document_id=document_id, claim=claimed
    )
    keys = [KnowledgeClaim.workspace_id, KnowledgeClaim.document_id]
    await session.execute(statement.on_conflict_do_update(index_elements=keys, set_={"claim": claimed}))
    return claimed


async def stands(session: AsyncSession, workspace_id: str, document_id: str, claimed: str) -> bool:
    """True while nobody forgot or claimed the document since."""
    one = await session.scalar(select(KnowledgeClaim.claim).where(_of(workspace_id, [document_id])))
    return one == claimed


async def release(session: AsyncSession, workspace_id: str, document_id: str, claimed: str) -> bool:
    """Ends a claim in the caller's transaction; False when it did not stand any more."""
    mine = delete(KnowledgeClaim).where(_of(workspace_id, [document_id]), KnowledgeClaim.claim == claimed)
    return await session.scalar(mine.returning(KnowledgeClaim.claim)) is not None


async def claim_again(session: AsyncSession, workspace_id: str, document_id: str) -> str:
    """Claims a document that somebody else wrote, or is writing; '' when it was forgotten."""
    row = select(KnowledgeDocument.id).where(
        KnowledgeDocument.workspace_id == workspace_id, KnowledgeDocument.id == document_id
    )
    other = select(KnowledgeClaim.document_id).where(_of(workspace_id, [document_id]))
    if await session.scalar(row) is None and await session.scalar(other) is None:
        return ""
    return await claim(session, workspace_id, document_id)


async def drop(session: AsyncSession, workspace_id: str, document_ids: Sequence[str]) -> None:
    """Takes away all claims on documents that are forgotten."""
    await session.execute(delete(KnowledgeClaim).where(_of(workspace_id, document_ids)))


def _of(workspace_id: str, document_ids: Sequence[str]) -> ColumnElement[bool]:
    return (KnowledgeClaim.workspace_id == workspace_id) & KnowledgeClaim.document_id.in_(list(document_ids))
