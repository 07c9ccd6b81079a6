"""What a sync says while it runs and when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from app.domain.errors import SophiaError
from app.integrations.base import Problem, Problems

SyncMode = Literal["auto", "full", "incremental"]


@dataclass(frozen=True)
class SyncProgress:
    """One resource's progress: `done` of `total` properties (1 of 1 for account-wide ones), rows stored so far, and
    rows a second since the resource was begun."""

    source: str
    resource: str
    label: str
    done: int
    total: int
    rows: int
    rate: float


OnProgress = Callable[[SyncProgress], None]


@dataclass
class ResourceReport:
    """What became of one resource. `failures` holds the property ("" = whole account) and what went wrong."""

    resource: str
    label: str
    rows: int = 0
    pages: int = 0
    removed: int = 0
    seconds: float = 0.0
    failures: list[tuple[str, SophiaError]] = field(default_factory=list[tuple[str, SophiaError]])

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds if self.seconds else 0.0


@dataclass
class SyncReport:
    """A finished sync of one source. It raises nothing: what failed is in the resources' failures."""

    source: str
    label: str
    started_at: datetime
    resources: list[ResourceReport] = field(default_factory=list[ResourceReport])
    seconds: float = 0.0
    stopped_by: SophiaError | None = None  # why the rest of the source was not tried
    gathered: Problems = field(default_factory=Problems)

    @property
    def rows(self) -> int:
        return sum(resource.rows for resource in self.resources)

    @property
    def failures(self) -> list[tuple[str, SophiaError]]:
        return [failure for resource in self.resources for failure in resource.failures]

    @property
    def ok(self) -> bool:
        return self.stopped_by is None and not self.failures

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What the source's data held that was not understood, the most frequent first."""
        return self.gathered.all()

    @property
    def sentence(self) -> str:
        """The outcome for people."""
        took = f"{self.rows:,} rows from {self.label} in {self.seconds:.0f} s"
        if self.stopped_by is not None and not self.resources:
            return f"{self.label} was not read. {self.stopped_by.for_people}"
        if self.stopped_by is not None:
            return f"Stopped after {took}. {self.stopped_by.for_people}"
        if self.failures:
            parts = "one part" if len(self.failures) == 1 else f"{len(self.failures)} parts"
            return f"{took}; {parts} failed and will be tried again at the next sync."
        return f"{took}."
