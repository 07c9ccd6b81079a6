"""Keeps the heads of audit chains outside the database, so that a cut tail is noticed.

The file is only ever appended to, one JSON line per anchor. Put it where whoever can change the database cannot write:
another disk, a write-once bucket, a log shipper.
"""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from app.domain.clock import Clock
from app.domain.errors import Fixable
from app.security.audit import AuditLog


class AnchorFile:
    """Anchors of all workspaces in one file."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock

    async def anchor(self, audit: AuditLog) -> int:
        """Notes the head of every chain that grew since the last time; returns how many did."""
        lines: list[str] = []
        for workspace_id in await audit.workspaces():
            number, digest = await audit.head(workspace_id)
            if number > max(await self.of(workspace_id), default=0):
                at = self._clock.now().isoformat(timespec="seconds")
                lines.append(json.dumps({"workspace": workspace_id, "number": number, "digest": digest, "at": at}))
        if lines:
            await asyncio.to_thread(self._append, "".join(f"{line}\n" for line in lines))
        return len(lines)

    async def of(self, workspace_id: str) -> dict[int, str]:
        """Anchored digests by entry number. Raises Fixable when the file is not one of anchors."""
        return {
            anchor["number"]: anchor["digest"] for anchor in await self._all() if anchor["workspace"] == workspace_id
        }

    async def workspaces(self) -> list[str]:
        """All workspaces that were ever anchored."""
        return sorted({anchor["workspace"] for anchor in await self._all()})

    async def _all(self) -> list[dict[str, Any]]:
        text = await asyncio.to_thread(self._read)
        try:
            anchors = [json.loads(line) for line in text.splitlines() if line.strip()]
            if all({"workspace", "number", "digest"} <= anchor.keys() for anchor in anchors):
                return anchors
        except (ValueError, AttributeError):
            pass
        raise Fixable(
            f"{self._path} is not a file of audit anchors, or it was damaged.",
            next_step="Restore it from where it is kept, or set AUDIT_ANCHOR to another file.",
            code="anchors_unreadable",
        )

    def _append(self, lines: str) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(lines)

    def _read(self) -> str:
        return self._path.read_text(encoding="utf-8") if self._path.exists() else ""
