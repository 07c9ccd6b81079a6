"""What documents become: passages, each with its place in the document and the people who may read it.

Plain frozen types; the store (app/knowledge/stores) and the search speak them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from app.domain.errors import NotAllowed
from app.domain.principal import Principal, Role

EVERYONE = "everyone"
"""Reader token of what all staff of the workspace may read. Guests hold no token but their own."""


class DocumentKind(StrEnum):
    """What sort of document a passage comes from."""

    FILE = "file"
    PAGE = "page"  # of a web site
    TRANSCRIPT = "transcript"
    NOTE = "note"


@dataclass(frozen=True)
class Document:
    """A document as it is cited. `id` is stable over versions and names where it came from: `file:handbook/pets.md`,
    `slack:F0123`, `call:sophia:12`. `dated` is the document's own date (what people mean by "the 2025 policy"), else
    when it was last changed. `content_hash` is a SHA-256 in hex over content and splitting version.

    `readers` are reader tokens, any one of which suffices: `everyone`, `channel:<id>`, `role:<role>`,
    `property:<read-model id>`, `user:<id>`. A document of a property also carries `property:*`, held by those who see
    every property.
    """

    workspace_id: str
    id: str
    title: str
    kind: DocumentKind
    content_hash: str
    dated: datetime
    readers: frozenset[str]
    link: str = ""


@dataclass(frozen=True)
class Passage:
    """About 150 words that can be found, quoted and opened.

    `number` counts passages of a document from 0. `section` counts its sections from 0: the passages of one section,
    in order, are the parent that a model is shown. `header` is the breadcrumb ("Pet policy › Deposits"), searched on
    the lexical and on the vector side and never part of a quote. `page` counts from 1; None where there are no pages.
    `anchor` opens the place at the document's link (`#deposits`, `#page=3`, `#t=125`).
    """

    document_id: str
    number: int
    section: int
    header: str
    text: str
    page: int | None = None
    anchor: str = ""

    @property
    def id(self) -> str:
        """Unique in the workspace, and the same each time the document is split in the same way."""
        return f"{self.document_id}#{self.number}"

    @property
    def searched(self) -> str:
        """What both sides of the search see."""
        return f"{self.header}: {self.text}" if self.header else self.text


@dataclass(frozen=True)
class Embedded:
    """A passage with everything a store keeps of it. `vector` is L2-normalised; its length belongs to the embedder."""

    passage: Passage
    vector: tuple[float, ...]
    readers: frozenset[str]
    kind: DocumentKind
    dated: datetime


@dataclass(frozen=True)
class Sight:
    """What a search may see: one workspace, and the reader tokens that the asking person holds. There is no search
    without it and none without a token: an empty one is a refusal, never everything.

    `documents`, when given, narrows the search to these document ids; `kinds` to these kinds.
    """

    workspace_id: str
    tokens: frozenset[str]
    documents: frozenset[str] | None = None
    kinds: frozenset[DocumentKind] = field(default_factory=frozenset[DocumentKind])

    def __post_init__(self) -> None:
        if not self.workspace_id or not self.tokens:
            raise NotAllowed(
                "I can't tell which documents you may read, so I looked at none.",
                next_step="An administrator can add you with `sophia people add`.",
                code="no_sight",
            )

    def sees(self, readers: Iterable[str]) -> bool:
        """True when a passage with these readers may be shown."""
        return not self.tokens.isdisjoint(readers)


def sight_of(principal: Principal, channels: Iterable[str] = ()) -> Sight:
    """What a person may search: what everyone may read (not for guests), what their roles and properties open, what
    was shared in `channels` they are in, and what is theirs alone. Raises NotAllowed for a person nobody knows."""
    staff = bool(principal.roles - {Role.GUEST})
    tokens = {f"user:{principal.user_id}"} | {f"role:{role}" for role in principal.roles}
    tokens |= {f"channel:{channel}" for channel in channels}
    if staff:
        tokens.add(EVERYONE)
    if staff and principal.property_ids is not None:
        tokens |= {f"property:{one}" for one in principal.property_ids}
    elif staff:
        tokens.add("property:*")
    return Sight(principal.workspace_id, frozenset(tokens))
