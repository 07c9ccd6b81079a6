"""Imports of files that people shared with Sophia: tried out before anybody approves, and taken as they were tried."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

from app.channels.slack.files import SharedFile
from app.db.engine import Database
from app.domain.clock import Clock
from app.domain.errors import Fixable, NotAllowed
from app.domain.importing import Imported, RefusedRow
from app.domain.principal import Principal
from app.imports.load import Desk, import_file
from app.imports.reading import Wishes
from app.imports.report import Report
from app.security.audit import AuditLog

MOST_BYTES: Final = 5 * 1024 * 1024
"""What is imported while somebody waits; larger files are a matter for `sophia import`."""


@dataclass(frozen=True)
class SharedImports:
    """`fetch` gets a shared file by its id. Whoever shared a file may import it, and nobody else: an id alone must not
    show somebody what another person shared."""

    db: Database
    clock: Clock
    timezone: str
    audit: AuditLog
    fetch: Callable[[str], Awaitable[SharedFile]]

    async def try_out(self, person: Principal, file_id: str, community: str) -> Imported:
        """What importing the file would do. Raises NotAllowed and Fixable."""
        return await self._import(person, await self._file(person, file_id), Wishes(property=community, dry_run=True))

    async def take(self, person: Principal, file_id: str, sha256: str, community: str) -> Imported:
        """Imports the file. Raises Fixable when it is not the one any more that was tried out."""
        file = await self._file(person, file_id)
        if _digest(file) != sha256:
            raise Fixable(
                f"“{file.name}” isn't the file any more that was looked at.",
                next_step="Please share it again and say import.",
                code="file_changed",
            )
        return await self._import(person, file, Wishes(property=community))

    async def _file(self, person: Principal, file_id: str) -> SharedFile:
        if person.property_ids is not None:
            raise NotAllowed(
                "A file may hold any community, and you have access to some of them only.",
                next_step="Somebody with access to all communities can import it.",
                code="import_not_allowed",
            )
        file = await self.fetch(file_id)
        if file.shared_by != person.user_id:
            raise NotAllowed(
                "Only who shared a file can have it imported.",
                next_step="Please share it with me yourself.",
                code="import_not_allowed",
            )
        if len(file.content) > MOST_BYTES:
            raise Fixable(
                f"“{file.name}” is larger than the {MOST_BYTES // 2**20} MB I import here.",
                next_step="An administrator can take it in with `sophia import`.",
                code="file_too_large",
            )
        return file

    async def _import(self, person: Principal, file: SharedFile, wishes: Wishes) -> Imported:
        desk = Desk(self.db, person.workspace_id, self.clock, self.timezone, self.audit, person.user_id)
        with tempfile.TemporaryDirectory(prefix="sophia-shared-") as folder:
            path = Path(folder) / (PurePath(file.name).name or "file")
            path.write_bytes(file.content)
            moment = file.shared_at.timestamp()
            os.utime(path, (moment, moment))  # a file without a day speaks for the one it was shared on
            return _told(await import_file(desk, path, wishes), _digest(file))


def _digest(file: SharedFile) -> str:
    return hashlib.sha256(file.content).hexdigest()


def _told(report: Report, sha256: str) -> Imported:
    counts = report.counts
    return Imported(
        file=report.file,
        sha256=sha256,
        kinds=tuple(report.kinds),
        properties=tuple(report.properties),
        as_of=report.as_of,
        rows=report.lines,
        added=counts.added,
        changed=counts.changed,
        removed=counts.removed,
        unchanged=counts.unchanged,
        older=counts.older,
        refused=report.refused,
        first_refused=tuple(RefusedRow(one.sheet, one.number, one.reason) for one in report.refusals),
        notes=tuple(report.notes),
    )
