"""What an import says when it has ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from app.imports.staging import Refusal

FIRST = 25  # refusals that are shown; all of them go into the rejects file


@dataclass
class Counts:
    """Records by what became of them. `older`: what is stored is of a later day, and stays."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    removed: int = 0

    @property
    def written(self) -> int:
        return self.added + self.changed + self.removed


@dataclass
class Report:
    """One file. `lines` are the rows that were read as data, `totals` those left out as sums; refusals count rows."""

    file: str
    digest: str
    dry_run: bool
    as_of: datetime | None = None
    kinds: list[str] = field(default_factory=list[str])
    properties: list[str] = field(default_factory=list[str])
    lines: int = 0
    totals: int = 0
    counts: Counts = field(default_factory=Counts)
    refused: int = 0
    refusals: list[Refusal] = field(default_factory=list[Refusal])
    unused_columns: list[str] = field(default_factory=list[str])
    notes: list[str] = field(default_factory=list[str])
    seconds: float = 0.0

    @property
    def sentence(self) -> str:
        """The outcome for people."""
        counts, kinds = self.counts, " and ".join(self.kinds)
        would = "would be " if self.dry_run else ""
        parts = [f"{counts.added:,} records {would}added", f"{counts.changed:,} {would}changed"]
        parts.append(f"{counts.unchanged:,} the same")
        if counts.removed:
            parts.append(f"{counts.removed:,} {would}removed")
        if counts.older:
            parts.append(f"{counts.older:,} older than what is there, and left")
        of = f" as of {self.as_of:%b %-d, %Y}" if self.as_of else ""
        refused = f" {self.refused:,} of {self.lines:,} rows could not be taken." if self.refused else ""
        return f"{self.file} is {kinds}{of}: {', '.join(parts)}.{refused}"
