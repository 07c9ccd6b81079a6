"""The names that a workspace's data holds, so that words can be matched to them. Built from the read model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Names:
    """Canonical names, limited to what the asking person may see, but for `properties`: those are the company's, each
    with its aliases; `communities` are the ones among them whose records the person may see."""

    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    communities: tuple[str, ...] = ()
    residents: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()  # CRM contacts and prospects
    companies: tuple[str, ...] = ()
    vendors: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()  # with the leading '#'
    version: str = ""  # changes when any name changes; indexes are cached by it


class NamesProvider(Protocol):
    """Gives the names visible to one person; the implementation reads the read model and caches."""

    def current(self) -> Names: ...
