"""How passages are written down as Weaviate objects: names, ids, properties and filters.

Reader tokens and document ids are percent-encoded: Weaviate's `field` tokenization keeps a value whole but cuts off
spaces at its ends (docs.weaviate.io/weaviate/config-refs/collections#tokenization), and nothing else may make two
values one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote
from uuid import UUID

from app.knowledge.passages import DocumentKind, Embedded, Passage, Sight

if TYPE_CHECKING:
    from weaviate.collections.classes.filters import FilterReturn

MOST_VALUES = 10_000  # of one filter, so that a request stays small
VECTOR = "default"  # the name of an object's only vector
SHOWN = ["document", "number"]  # what leads back from an object to its passage


def collection_of(embedder: str) -> str:
    """One for each embedder, whose id may hold what a collection's name may not."""
    return f"Sophia_{_digest(embedder)}"


def tenant_of(workspace_id: str) -> str:
    """One for each workspace. Weaviate takes letters, digits, `_` and `-`, at most 64 of them."""
    return f"workspace-{_digest(workspace_id)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def object_id(passage: Passage) -> UUID:
    """The same each time a passage is written, so that a new version takes the old one's place. 90 bits of the
    document and 32 of the number, in a UUID of version 8 (RFC 9562): Weaviate lists objects in the order of their ids,
    so the passages of a document come together and in their order."""
    document = int.from_bytes(hashlib.sha256(passage.document_id.encode()).digest()[:12], "big") >> 6
    first, second, third = document >> 42, document >> 30 & 0xFFF, document & 0x3FFF_FFFF
    return UUID(int=first << 80 | 8 << 76 | second << 64 | 2 << 62 | third << 32 | passage.number)


def version_of(passages: Sequence[Embedded]) -> str:
    """Tells one version of a document's passages from another, so that it can be seen when the new one has arrived."""
    return hashlib.sha256(repr(sorted(_told(one) for one in passages)).encode()).hexdigest()[:16]


def _told(one: Embedded) -> str:
    return repr((one.passage, one.vector, sorted(one.readers), one.kind, one.dated))


def properties_of(one: Embedded, version: str) -> dict[str, Any]:
    passage = one.passage
    properties: dict[str, Any] = {
        "document": quote(passage.document_id, safe=""),
        "version": version,
        "number": passage.number,
        "section": passage.section,
        "header": passage.header,
        "text": passage.text,
        "anchor": passage.anchor,
        "kind": one.kind.value,
        "dated": one.dated.isoformat(),
        "readers": [quote(token, safe="") for token in sorted(one.readers)],
    }
    if passage.page is not None:
        properties["page"] = passage.page
    return properties


def names_in(properties: Mapping[str, Any]) -> tuple[str, str]:
    """The document's and the passage's id behind an object's."""
    document_id = unquote(properties["document"])
    return document_id, f"{document_id}#{properties['number']}"


def embedded_of(vector: Sequence[float], properties: Mapping[str, Any]) -> Embedded:
    """The passage that `properties_of` wrote. Weaviate gives back neither empty lists nor what was not set."""
    passage = Passage(
        document_id=unquote(properties["document"]),
        number=properties["number"],
        section=properties["section"],
        header=properties.get("header") or "",
        text=properties.get("text") or "",
        page=properties.get("page"),
        anchor=properties.get("anchor") or "",
    )
    readers = frozenset(unquote(token) for token in properties.get("readers") or ())
    dated = datetime.fromisoformat(properties["dated"])
    return Embedded(passage, tuple(vector), readers, DocumentKind(properties["kind"]), dated)


def filters_of(sight: Sight) -> list[FilterReturn]:
    """What a sight may see, as filters whose answers are put together; several only when it names more documents than
    one filter takes. Empty when it names none."""
    from weaviate.classes.query import Filter  # noqa: PLC0415 - a second that only its users wait for

    seen = Filter.by_property("readers").contains_any([quote(token, safe="") for token in sorted(sight.tokens)])
    if sight.kinds:
        seen &= Filter.by_property("kind").contains_any(sorted(one.value for one in sight.kinds))
    if sight.documents is None:
        return [seen]
    return [seen & named for named in filters_on(sorted(sight.documents))]


def filters_on(document_ids: Sequence[str]) -> list[FilterReturn]:
    """Any of these documents, in filters of at most `MOST_VALUES`; none for none."""
    from weaviate.classes.query import Filter  # noqa: PLC0415

    keys = [quote(one, safe="") for one in document_ids]
    starts = range(0, len(keys), MOST_VALUES)
    return [Filter.by_property("document").contains_any(keys[start : start + MOST_VALUES]) for start in starts]


def left_over(document_id: str, passages: Sequence[Embedded]) -> FilterReturn:
    """Passages of an older version that the new one did not overwrite: those between and after its numbers."""
    from weaviate.classes.query import Filter  # noqa: PLC0415

    (document,) = filters_on([document_id])
    number = Filter.by_property("number")
    gaps: list[FilterReturn] = []
    after = -1
    for held in sorted(one.passage.number for one in passages):
        if held > after + 1:
            gaps.append(number.greater_than(after) & number.less_than(held))
        after = held
    return document & Filter.any_of([*gaps, number.greater_than(after)])
