"""The demo company's handbook: Markdown pages written for this project, nobody's real policy and no legal advice.

The folder a page stands in says who may read it. Some pages are superseded, and two contradict each other on purpose
(guest parking), so that answers can be seen to say so.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.domain.principal import Role
from app.knowledge.passages import EVERYONE

_MANAGERS = frozenset(f"role:{role}" for role in (Role.ADMIN, Role.EXECUTIVE, Role.PROPERTY_MANAGER))
READERS = {
    "everyone": frozenset({EVERYONE}),
    "managers": _MANAGERS,
    "collections": _MANAGERS | {f"role:{Role.COLLECTIONS}"},
}


@dataclass(frozen=True)
class Page:
    """One page: `name` is its path in the handbook (`everyone/pet-policy.md`); `readers` are reader tokens."""

    name: str
    path: Path
    readers: frozenset[str]


def pages() -> Iterator[Page]:
    """All pages, by name. A folder without readers is an error, never everybody's."""
    folder = Path(__file__).parent
    for path in sorted(folder.glob("*/*.md")):
        yield Page(f"{path.parent.name}/{path.name}", path, READERS[path.parent.name])
