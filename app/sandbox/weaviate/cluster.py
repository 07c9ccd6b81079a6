"""What a cluster holds: collections, and in each its tenants. Everything must be made before it is used."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from app.sandbox.weaviate.objects import Tenant
from app.sandbox.weaviate.refusal import Refused
from app.sandbox.weaviate.schema import Collection, collection_of

TENANT = re.compile(r"[A-Za-z0-9_-]{1,64}")


@dataclass
class Cluster:
    """`lag` is how many searches miss a written vector before it is indexed."""

    lag: int = 0
    collections: dict[str, Collection] = field(default_factory=dict[str, Collection])
    tenants: dict[str, dict[str, Tenant]] = field(default_factory=dict[str, dict[str, Tenant]])

    def create(self, given: dict[str, Any]) -> Collection:
        made = collection_of(given)
        if made.name.lower() in (name.lower() for name in self.collections):
            raise Refused(f"class name {made.name} already exists")
        self.collections[made.name] = made
        self.tenants[made.name] = {}
        return made

    def drop(self, name: str) -> None:
        self.collections.pop(name, None)
        self.tenants.pop(name, None)

    def collection(self, name: str) -> Collection:
        if name not in self.collections:
            raise Refused(f"could not find class {name} in schema")
        return self.collections[name]

    def add_tenants(self, collection: str, names: list[str]) -> None:
        """Adds those that are not there yet."""
        self.collection(collection)
        for name in names:
            if not TENANT.fullmatch(name):
                raise Refused(f"tenant name '{name}' should only contain alphanumeric characters, _ and -, at most 64")
        for name in names:
            self.tenants[collection].setdefault(name, Tenant(self.lag))

    def tenant(self, collection: str, name: str) -> Tenant:
        self.collection(collection)
        if not name:
            raise Refused(f"class {collection} has multi-tenancy enabled, but request was without tenant")
        if name not in self.tenants[collection]:
            raise Refused(f'tenant not found: "{name}"')
        return self.tenants[collection][name]

    def count(self) -> int:
        """All objects of all tenants."""
        return sum(len(tenant) for tenants in self.tenants.values() for tenant in tenants.values())
