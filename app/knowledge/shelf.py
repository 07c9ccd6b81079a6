"""Documents and passages as rows: who may read what, what is known already, and the text behind a hit."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import ColumnElement, Select, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.db.models.knowledge import KnowledgeDocument, KnowledgePassage, KnowledgeReader, KnowledgeVersion
from app.db.upsert import insert_for
from app.knowledge import terms
from app.knowledge.passages import Document, DocumentKind, Passage, Sight
from app.knowledge.surroundings import NEAREST
from app.knowledge.terms import analyser


@dataclass(frozen=True)
class Shelved:
    """A passage with its document, as it is shown and cited."""

    document: Document
    passage: Passage


def _visible(sight: Sight, embedder: str | None = None) -> Select[str]:
    """The ids of the documents that the sight may see; a document may come up once for each reader token."""
    visible = select(KnowledgeReader.document_id).where(
        KnowledgeReader.workspace_id == sight.workspace_id, KnowledgeReader.token.in_(sorted(sight.tokens))
    )
    if sight.documents is not None:
        visible = visible.where(KnowledgeReader.document_id.in_(sorted(sight.documents)))
    if sight.kinds or embedder is not None:
        # Looked up for each, not listed: listing all documents of a workspace takes 100 times as long.
        of_that_sort = (
            select(KnowledgeDocument.id)
            .where(
                KnowledgeDocument.workspace_id == KnowledgeReader.workspace_id,
                KnowledgeDocument.id == KnowledgeReader.document_id,
            )
            .correlate(KnowledgeReader)
        )
        if sight.kinds:
            of_that_sort = of_that_sort.where(KnowledgeDocument.kind.in_(sorted(sight.kinds)))
        if embedder is not None:
            of_that_sort = of_that_sort.where(KnowledgeDocument.embedder == embedder)
        visible = visible.where(of_that_sort.exists())
    return visible


async def visible_documents(session: AsyncSession, sight: Sight, embedder: str | None = None) -> set[str]:
    """The ids of the documents that the sight may see, of one embedder when it is given."""
    return set(await session.scalars(_visible(sight, embedder)))


def seen_by(sight: Sight) -> ColumnElement[bool]:
    """The condition on KnowledgePassage: passages of documents that the sight may see."""
    return (KnowledgePassage.workspace_id == sight.workspace_id) & KnowledgePassage.document_id.in_(_visible(sight))


async def sizes(session: AsyncSession, workspace_id: str, embedder: str) -> dict[str, int]:
    """How many passages each document has that this embedder's vectors stand for."""
    rows = await session.execute(
        select(KnowledgeDocument.id, KnowledgeDocument.passages).where(
            KnowledgeDocument.workspace_id == workspace_id,
            KnowledgeDocument.embedder == embedder,
            KnowledgeDocument.passages > 0,
        )
    )
    return {row.id: row.passages for row in rows}


async def put_passages(
    session: AsyncSession,
    workspace_id: str,
    document_id: str,
    passages: Sequence[Passage],
    vectors: Sequence[bytes] = (),
) -> None:
    """The passages become the document's only ones, words and vectors with them; in the caller's transaction."""
    number = await drop_passages(session, workspace_id, [document_id])
    packed = vectors or [b""] * len(passages)
    words = analyser().counts([one.searched for one in passages])
    rows = [
        KnowledgePassage(
            workspace_id=workspace_id, document_id=document_id, number=one.number, section=one.section,
            header=one.header, text=one.text, page=one.page, anchor=one.anchor, vector=vector,
            terms=terms.packed(counts), since=number,
        )
        for one, vector, counts in zip(passages, packed, words, strict=True)
    ]  # fmt: skip
    session.add_all(rows)
    await session.flush()


async def drop_passages(session: AsyncSession, workspace_id: str, document_ids: Sequence[str]) -> int:
    """Forgets the passages of documents; in the caller's transaction. Returns the workspace's new version."""
    # First, because it makes the writers of a workspace wait for each other.
    number = await _changed(session, workspace_id)
    fits = (KnowledgePassage.workspace_id == workspace_id) & KnowledgePassage.document_id.in_(list(document_ids))
    await session.execute(delete(KnowledgePassage).where(fits))
    return number


async def version(session: AsyncSession, workspace_id: str) -> int:
    """A number that grows with every change of the workspace's passages."""
    found = await session.scalar(select(KnowledgeVersion.number).where(KnowledgeVersion.workspace_id == workspace_id))
    return found or 0


async def with_passages(session: AsyncSession, workspace_id: str) -> set[str]:
    """The ids of all documents that have passages."""
    owners = select(KnowledgePassage.document_id).where(KnowledgePassage.workspace_id == workspace_id).distinct()
    return set(await session.scalars(owners))


async def _changed(session: AsyncSession, workspace_id: str) -> int:
    """The workspace's new version."""
    statement = insert_for(session, KnowledgeVersion).values(workspace_id=workspace_id, number=1)
    number = await session.scalar(
        statement.on_conflict_do_update(
            index_elements=[KnowledgeVersion.workspace_id], set_={"number": KnowledgeVersion.number + 1}
        ).returning(KnowledgeVersion.number)
    )
    assert number is not None
    return number


async def put_document(session: AsyncSession, document: Document, *, passages: int, embedder: str, now: object) -> None:
    """Notes a document whose passages are all in, and who may read it: from here on it can be found."""
    await drop_document(session, document.workspace_id, document.id)
    session.add(
        KnowledgeDocument(
            workspace_id=document.workspace_id, id=document.id, title=document.title, kind=str(document.kind),
            link=document.link, content_hash=document.content_hash, dated=document.dated, embedder=embedder,
            passages=passages, ingested_at=now,
        )
    )  # fmt: skip
    session.add_all(
        KnowledgeReader(workspace_id=document.workspace_id, document_id=document.id, token=token)
        for token in sorted(document.readers)
    )
    await session.flush()


async def hide_documents(session: AsyncSession, workspace_id: str, document_ids: Sequence[str]) -> int:
    """Nobody finds the documents from here on, and reading them again is never unchanged. Their rows stay, so that what
    breaks off on the way is seen and done again. Returns how many there are."""
    readers = (KnowledgeReader.workspace_id == workspace_id) & KnowledgeReader.document_id.in_(list(document_ids))
    rows = (KnowledgeDocument.workspace_id == workspace_id) & KnowledgeDocument.id.in_(list(document_ids))
    await session.execute(delete(KnowledgeReader).where(readers))
    hidden = update(KnowledgeDocument).where(rows).values(content_hash="").returning(KnowledgeDocument.id)
    return len((await session.scalars(hidden)).all())


async def drop_hidden(session: AsyncSession, workspace_id: str, document_ids: Sequence[str]) -> None:
    """Removes the rows of documents whose passages are gone; one that came in anew meanwhile stays."""
    fits = (KnowledgeDocument.workspace_id == workspace_id) & KnowledgeDocument.id.in_(list(document_ids))
    await session.execute(delete(KnowledgeDocument).where(fits, KnowledgeDocument.content_hash == ""))


async def drop_document(session: AsyncSession, workspace_id: str, document_id: str) -> None:
    """Nobody finds the document from here on; its passages are dropped by the store."""
    for model, key in ((KnowledgeReader, KnowledgeReader.document_id), (KnowledgeDocument, KnowledgeDocument.id)):
        await session.execute(delete(model).where(model.workspace_id == workspace_id, key == document_id))


async def known(session: AsyncSession, workspace_id: str, document_ids: Iterable[str]) -> dict[str, KnowledgeDocument]:
    """Those of the documents that were read before, by id."""
    found = await session.scalars(
        select(KnowledgeDocument).where(
            KnowledgeDocument.workspace_id == workspace_id, KnowledgeDocument.id.in_(list(document_ids))
        )
    )
    return {row.id: row for row in found}


async def listed(session: AsyncSession, workspace_id: str, prefix: str = "") -> list[Document]:
    """All documents whose id starts with `prefix`, by id, with who may read them. For administrators and upkeep: it
    asks for no sight and shows no text."""
    fits = (KnowledgeDocument.workspace_id == workspace_id) & KnowledgeDocument.id.startswith(prefix, autoescape=True)
    rows = (await session.scalars(select(KnowledgeDocument).where(fits).order_by(KnowledgeDocument.id))).all()
    tokens = await session.execute(
        select(KnowledgeReader.document_id, KnowledgeReader.token).where(
            KnowledgeReader.workspace_id == workspace_id,
            KnowledgeReader.document_id.startswith(prefix, autoescape=True),
        )
    )
    readers: dict[str, set[str]] = {}
    for document_id, token in tokens:
        readers.setdefault(document_id, set()).add(token)
    return [replace(_document(row), readers=frozenset(readers.get(row.id, ()))) for row in rows]


async def readers_of(session: AsyncSession, workspace_id: str, document_id: str) -> frozenset[str]:
    """The reader tokens of a document; none when there is no such document."""
    found = await session.scalars(
        select(KnowledgeReader.token).where(
            KnowledgeReader.workspace_id == workspace_id, KnowledgeReader.document_id == document_id
        )
    )
    return frozenset(found)


async def count_visible(session: AsyncSession, sight: Sight) -> int:
    """How many documents the sight may see."""
    counted = await session.scalar(
        select(func.count(func.distinct(KnowledgeReader.document_id))).where(
            KnowledgeReader.workspace_id == sight.workspace_id, KnowledgeReader.token.in_(sorted(sight.tokens))
        )
    )
    return counted or 0


async def fetch(session: AsyncSession, sight: Sight, passage_ids: Sequence[str]) -> dict[str, Shelved]:
    """The text behind hits, by passage id; what the sight may not see is left out, whatever a store said."""
    wanted = [(document, int(number)) for document, _, number in (one.rpartition("#") for one in passage_ids)]
    rows = await session.execute(
        select(KnowledgePassage, KnowledgeDocument)
        .join(
            KnowledgeDocument,
            (KnowledgeDocument.workspace_id == KnowledgePassage.workspace_id)
            & (KnowledgeDocument.id == KnowledgePassage.document_id),
        )
        .where(seen_by(sight), KnowledgePassage.document_id.in_({document for document, _ in wanted}))
    )
    places = set(wanted)
    chosen = [(row, document) for row, document in rows if (row.document_id, row.number) in places]
    readers = await _readers(session, sight.workspace_id, {document.id for _, document in chosen})
    found = (
        Shelved(replace(_document(document), readers=readers[document.id]), _passage(row)) for row, document in chosen
    )
    return {one.passage.id: one for one in found}


async def _readers(session: AsyncSession, workspace_id: str, document_ids: set[str]) -> dict[str, frozenset[str]]:
    rows = await session.execute(
        select(KnowledgeReader.document_id, KnowledgeReader.token).where(
            KnowledgeReader.workspace_id == workspace_id, KnowledgeReader.document_id.in_(sorted(document_ids))
        )
    )
    found: dict[str, set[str]] = {one: set() for one in document_ids}
    for document_id, token in rows:
        found[document_id].add(token)
    return {document_id: frozenset(tokens) for document_id, tokens in found.items()}


async def section_of(session: AsyncSession, sight: Sight, passage: Passage) -> tuple[Passage, ...]:
    """The passages of the section that a passage stands in, in order: the nearest before and after it, since a plain
    text is all one section."""
    rows = await session.scalars(
        select(KnowledgePassage)
        .where(
            seen_by(sight),
            KnowledgePassage.document_id == passage.document_id,
            KnowledgePassage.section == passage.section,
            KnowledgePassage.number.between(passage.number - NEAREST, passage.number + NEAREST),
        )
        .order_by(KnowledgePassage.number)
    )
    return tuple(_passage(row) for row in rows)


def _document(row: KnowledgeDocument) -> Document:
    """The document without its readers."""
    return Document(
        row.workspace_id, row.id, row.title, DocumentKind(row.kind), row.content_hash, row.dated, frozenset(), row.link
    )


def _passage(row: KnowledgePassage) -> Passage:
    return Passage(row.document_id, row.number, row.section, row.header, row.text, row.page, row.anchor)
