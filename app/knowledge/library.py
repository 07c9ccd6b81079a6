"""The company's documents: taken in once, replaced when they change, forgotten when they go.

A document can be found from the moment all its passages are in, and not before: its row and readers are written last.
What is killed on the way leaves passages that nobody may read, and the next run puts the document in whole. What is
forgotten while it is read stays forgotten (claims.py).
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from app.db.engine import Database
from app.domain.clock import Clock
from app.domain.errors import RetryLater
from app.knowledge import claims, shelf, splitting
from app.knowledge.embedders.base import Embedder
from app.knowledge.passages import Document, DocumentKind, Embedded
from app.knowledge.reading.base import About, Material, Section, Unreadable
from app.knowledge.reading.isolated import IsolatedReading
from app.knowledge.stores.base import PassageStore

AT_ONCE = 64  # passages embedded in one go
LONGEST_ID = 120  # characters


def document_id(kind: str, name: str) -> str:
    """`kind:name`; a name that is too long ends in a hash of itself, so that two never meet."""
    whole = f"{kind}:{name}"
    if len(whole) <= LONGEST_ID:
        return whole
    return f"{whole[: LONGEST_ID - 17]}~{hashlib.sha256(whole.encode()).hexdigest()[:16]}"


@dataclass(frozen=True)
class Arriving:
    """A document on its way in. Either `material` (a file to read) or `sections` (read already, e.g. a transcript)."""

    id: str
    title: str
    kind: DocumentKind
    readers: frozenset[str]
    dated: datetime
    link: str = ""
    material: Material | None = None
    sections: tuple[Section, ...] = field(default_factory=tuple)

    def content_hash(self, embedder: str) -> str:
        """Changes with anything that would make other passages, vectors or readers."""
        digest = hashlib.sha256()
        content = self.material.content if self.material else repr(self.sections).encode()
        for part in (splitting.VERSION, embedder, self.title, self.link, "|".join(sorted(self.readers))):
            digest.update(part.encode() + b"\0")
        digest.update(content)
        return digest.hexdigest()


@dataclass(frozen=True)
class TakenIn:
    """What became of one document. `sentence` says for people why it could not be read; `missing`: there is none."""

    document_id: str
    title: str
    outcome: Literal["added", "replaced", "unchanged", "unreadable", "missing"]
    passages: int = 0
    sentence: str = ""


class Library:
    def __init__(
        self, db: Database, store: PassageStore, embedder: Embedder, reading: IsolatedReading, clock: Clock
    ) -> None:
        self._db = db
        self._store = store
        self._embedder = embedder
        self._reading = reading
        self._clock = clock

    async def take_in(self, workspace_id: str, arriving: Arriving) -> TakenIn:
        """Reads, splits, embeds and stores one document; an unchanged one costs a hash. Raises what store and embedder
        raise: then the document is as it was before."""
        content_hash = arriving.content_hash(self._embedder.id)
        async with self._db.reading() as session:
            before = (await shelf.known(session, workspace_id, [arriving.id])).get(arriving.id)
        if before is not None and before.content_hash == content_hash:
            return TakenIn(arriving.id, before.title, "unchanged", before.passages)
        async with self._db.transaction() as session:
            claimed = await claims.claim(session, workspace_id, arriving.id)
        try:
            about, sections = await self._read(arriving)
        except Unreadable as wrong:
            return await self._unreadable(workspace_id, arriving, claimed, wrong.for_people)
        document = Document(
            workspace_id=workspace_id,
            id=arriving.id,
            title=(about.title or arriving.title)[:300],
            kind=arriving.kind,
            content_hash=content_hash,
            dated=about.dated or arriving.dated,
            readers=arriving.readers,
            link=arriving.link,
        )
        passages = await self._embedded(document, sections)
        if not passages:
            return await self._unreadable(workspace_id, arriving, claimed, f"“{document.title}” holds no text.")
        await self._put(document, passages, claimed)
        return TakenIn(document.id, document.title, "replaced" if before else "added", len(passages))

    async def _unreadable(self, workspace_id: str, arriving: Arriving, claimed: str, sentence: str) -> TakenIn:
        async with self._db.transaction() as session:
            await claims.release(session, workspace_id, arriving.id, claimed)
        return TakenIn(arriving.id, arriving.title, "unreadable", sentence=sentence)

    async def _put(self, document: Document, passages: Sequence[Embedded], claimed: str) -> None:
        """Writes the document. Whoever wrote it meanwhile is written over, whole; when it was forgotten meanwhile it
        stays forgotten, and RetryLater says so."""
        while not await self._is_put(document, passages, claimed):
            async with self._db.transaction() as session:
                claimed = await claims.claim_again(session, document.workspace_id, document.id)
            if not claimed:
                await self._store.forget(document.workspace_id, [document.id])
                raise RetryLater(
                    f"“{document.title}” was deleted while I read it.",
                    next_step="Please share it again if that was not meant.",
                    code="document_overtaken",
                )

    async def _is_put(self, document: Document, passages: Sequence[Embedded], claimed: str) -> bool:
        """False when the claim does not stand any more. What changes hands is nobody's until all of it is in: who could
        read the old version never sees the new one by that right, not even when the process ends in between."""
        workspace_id = document.workspace_id
        async with self._db.transaction() as session:
            if not await claims.stands(session, workspace_id, document.id, claimed):
                return False
            if await shelf.readers_of(session, workspace_id, document.id) != document.readers:
                await shelf.hide_documents(session, workspace_id, [document.id])
        await self._store.replace(workspace_id, document.id, passages)
        async with self._db.transaction() as session:
            if not await claims.release(session, workspace_id, document.id, claimed):
                return False
            await shelf.put_document(
                session, document, passages=len(passages), embedder=self._embedder.id, now=self._clock.now()
            )
        return True

    async def readers_of(self, workspace_id: str, document_id: str) -> frozenset[str]:
        """Who may read a document now; nobody when there is no such document."""
        async with self._db.reading() as session:
            return await shelf.readers_of(session, workspace_id, document_id)

    async def documents(self, workspace_id: str, prefix: str = "") -> list[Document]:
        """All documents whose id starts with `prefix`, with who may read them. For administrators."""
        async with self._db.reading() as session:
            return await shelf.listed(session, workspace_id, prefix)

    async def forget(self, workspace_id: str, document_ids: Sequence[str]) -> int:
        """Removes documents, also those on their way in; returns how many there were. From the first moment on nobody
        finds them; raises what the store raises, and then they are still listed, with no readers."""
        async with self._db.transaction() as session:
            await claims.drop(session, workspace_id, document_ids)
            found = await shelf.hide_documents(session, workspace_id, document_ids)
        await self._store.forget(workspace_id, list(document_ids))
        async with self._db.transaction() as session:
            await shelf.drop_hidden(session, workspace_id, document_ids)
        return found

    async def _read(self, arriving: Arriving) -> tuple[About, Sequence[Section]]:
        if arriving.material is None:
            return About(), arriving.sections
        contents = await self._reading.read(arriving.material)
        return contents.about, contents.sections

    async def _embedded(self, document: Document, sections: Sequence[Section]) -> list[Embedded]:
        passages = list(splitting.passages_of(document.id, document.title, sections))
        found: list[Embedded] = []
        for start in range(0, len(passages), AT_ONCE):
            group = passages[start : start + AT_ONCE]
            vectors = await self._embedder.passages([one.searched for one in group])
            found += [
                Embedded(one, vector, document.readers, document.kind, document.dated)
                for one, vector in zip(group, vectors, strict=True)
            ]
        return found
