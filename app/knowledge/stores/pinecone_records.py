"""How passages are written down as Pinecone records: ids, namespaces, metadata and filters.

Ids are ASCII of at most 512 characters and metadata at most 40 KB, without nulls
(docs.pinecone.io/reference/api/database-limits).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.domain.errors import Fixable
from app.knowledge.passages import DocumentKind, Embedded, Passage, Sight

LONGEST_ID = 512
MOST_METADATA = 40 * 1024  # bytes
MOST_VALUES = 10_000  # of one $in


def namespace_of(workspace_id: str, embedder: str) -> str:
    """One for each workspace and embedder; ids of either may hold what a namespace may not."""
    digest = hashlib.sha256(f"{workspace_id}\n{embedder}".encode()).hexdigest()
    return f"sophia-{digest[:32]}"


def record_id(passage: Passage) -> str:
    """ASCII that a person can still read and that leads back to the passage: UTF-7 of the document's id, then the
    number. Raises Fixable when it would be too long."""
    written = f"{passage.document_id.encode('utf-7').decode('ascii')}#{passage.number}"
    if len(written) > LONGEST_ID:
        raise Fixable(
            f"The name “{passage.document_id[:60]}…” is too long for Pinecone.",
            next_step="Give the file a shorter name, then ingest it.",
            code="name_too_long",
        )
    return written


def names_in(record: str) -> tuple[str, str]:
    """The document's and the passage's id behind a record's."""
    document, _, number = record.rpartition("#")
    document_id = document.encode("ascii").decode("utf-7")
    return document_id, f"{document_id}#{number}"


def version_of(passages: Sequence[Embedded]) -> str:
    """Tells one version of a document's passages from another, so that it can be seen when the new one has arrived."""
    return hashlib.sha256(repr(sorted(_told(one) for one in passages)).encode()).hexdigest()[:16]


def _told(one: Embedded) -> str:
    return repr((one.passage, one.vector, sorted(one.readers), one.kind, one.dated))


def record_of(one: Embedded, version: str) -> dict[str, Any]:
    """A passage as `upsert` takes it. Raises Fixable for a passage that is too large."""
    passage = one.passage
    metadata: dict[str, Any] = {
        "document": passage.document_id,
        "version": version,
        "number": passage.number,
        "section": passage.section,
        "header": passage.header,
        "text": passage.text,
        "anchor": passage.anchor,
        "kind": one.kind.value,
        "dated": one.dated.isoformat(),
        "readers": sorted(one.readers),
    }
    if passage.page is not None:
        metadata["page"] = passage.page
    if len(json.dumps(metadata, ensure_ascii=False).encode()) > MOST_METADATA:
        raise Fixable(
            f"A passage of “{passage.document_id}” is larger than Pinecone takes (40 KB).",
            next_step="Split the very long line or table row of that document, then ingest it.",
            code="passage_too_large",
        )
    return {"id": record_id(passage), "values": list(one.vector), "metadata": metadata}


def embedded_of(values: Sequence[float], metadata: Mapping[str, Any]) -> Embedded:
    """The passage that `record_of` wrote. Pinecone gives whole numbers back as floating ones."""
    page = metadata.get("page")
    passage = Passage(
        document_id=metadata["document"],
        number=int(metadata["number"]),
        section=int(metadata["section"]),
        header=metadata["header"],
        text=metadata["text"],
        page=None if page is None else int(page),
        anchor=metadata["anchor"],
    )
    dated = datetime.fromisoformat(metadata["dated"])
    readers = frozenset[str](metadata["readers"])
    return Embedded(passage, tuple(values), readers, DocumentKind(metadata["kind"]), dated)


def filters_of(sight: Sight) -> list[dict[str, Any]]:
    """What a sight may see, as filters whose answers are put together; several only when it names more documents than
    one filter takes. Empty when it names none."""
    seen: dict[str, Any] = {"readers": {"$in": sorted(sight.tokens)}}
    if sight.kinds:
        seen["kind"] = {"$in": sorted(sight.kinds)}
    if sight.documents is None:
        return [seen]
    named = sorted(sight.documents)
    return [
        {**seen, "document": {"$in": named[start : start + MOST_VALUES]}} for start in range(0, len(named), MOST_VALUES)
    ]
