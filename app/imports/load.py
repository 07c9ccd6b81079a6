"""The import of one file, from its path to its report. All of it is written in one transaction, the entry in the audit
record included: a crash leaves nothing, and the same file once more changes nothing."""

from __future__ import annotations

import csv
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from datetime import time as midnight
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import class_mapper

from app.channels.csv import safe_text
from app.db.bulk import upsert
from app.db.engine import Database
from app.db.models.base import Sourced
from app.db.models.leasing import Lease, LedgerEntry
from app.db.models.property import Property, Unit
from app.db.models.sync import SyncState
from app.db.statistics import refresh_statistics
from app.domain.clock import Clock, local_date
from app.imports.files import MOST_SECONDS, open_file
from app.imports.homes import Homes, Speaking
from app.imports.kind import Kind
from app.imports.reading import Read, SheetReader, Wishes, heads_of
from app.imports.registry import all_kinds
from app.imports.report import FIRST, Counts, Report
from app.imports.staging import Refusal, Staging
from app.imports.values import Refused
from app.knowledge.reading.isolated import OwnProcess
from app.portfolio.balances import recompute_property
from app.portfolio.imported import IMPORT
from app.portfolio.months import keep_months
from app.portfolio.renewals import recompute_renewals
from app.portfolio.sync.derive import count_units
from app.portfolio.sync.upkeep import LARGE_LOAD
from app.security.audit import AuditEvent, AuditLog

AT_ONCE = 1_000  # rows compared and written together


@dataclass(frozen=True)
class Desk:
    """Where and for whom files are imported. `timezone` is the company's, `by` names who imports in the record."""

    db: Database
    workspace_id: str
    clock: Clock
    timezone: str
    audit: AuditLog
    by: str


async def import_file(desk: Desk, path: Path, wishes: Wishes, *, rejects: Path | None = None) -> Report:
    """Takes one CSV or XLSX file into the read model and says what became of every row. `rejects` is where the rows
    that could not be taken are written, with their reasons; no file is made when there are none.

    Raises Fixable (Unreadable among them) when nothing of the file can be taken.
    """
    started = time.perf_counter()
    process = OwnProcess(seconds=MOST_SECONDS)
    try:
        with tempfile.TemporaryDirectory(prefix="sophia-import-") as folder:
            opened = await open_file(path, Path(folder), process)
            with Staging(Path(folder) / "staging.db") as staging:
                report = Report(opened.name, opened.digest, wishes.dry_run)
                heads, others = heads_of(opened, all_kinds(), wishes)
                report.notes += [f"Sheet “{one.sheet.title}” holds no table that I know." for one in others]
                moment = _as_of(desk, path, wishes, heads[0].titles.as_of)
                report.as_of = moment
                read = Read(heads)
                async with desk.db.reading() as session:
                    homes = Homes(session, desk.workspace_id, create=wishes.create_properties, timezone=desk.timezone)
                    await homes.open()
                    for head in heads:
                        day = moment.astimezone(ZoneInfo(desk.timezone)).date()
                        reader = SheetReader(head, homes, staging, report, read)
                        await reader.run(wishes, Speaking(day, head.titles.year))
                    _finish(homes, heads, staging)
                _tell(report, heads, homes, staging, read)
                if rejects is not None and report.refused:
                    write_rejects(rejects, staging.refusals())
                await _Loading(desk, wishes, staging, report, moment, read).run()
    finally:
        process.close()
    if report.counts.written > LARGE_LOAD and not wishes.dry_run:
        await refresh_statistics(desk.db)
    report.seconds = time.perf_counter() - started
    return report


def _as_of(desk: Desk, path: Path, wishes: Wishes, titled: date | None) -> datetime:
    """The moment the file speaks for: the day that was said, else the one in its title, else when it was last saved;
    never later than now."""
    day = wishes.as_of or titled
    if day is not None:
        moment = datetime.combine(day, midnight(), ZoneInfo(desk.timezone)).astimezone(UTC)
    else:
        moment = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    return min(moment, desk.clock.now())


def _finish(homes: Homes, heads: Sequence[Any], staging: Staging) -> None:
    for kind in {head.kind.key: head.kind for head in heads}.values():
        for home in homes.all():
            for record in kind.finish(home):
                try:
                    staging.add("the rows", [record])
                except Refused as reason:
                    staging.refuse(Refusal("", 0, str(reason), str(record.values["id"])))


def _tell(report: Report, heads: Sequence[Any], homes: Homes, staging: Staging, read: Read) -> None:
    report.kinds = list(dict.fromkeys(head.kind.label for head in heads))
    report.properties = sorted(home.name for home in homes.all() if home.id in read.homes)
    report.notes += sorted({note for home in homes.all() for note in home.notes})
    report.unused_columns = list(dict.fromkeys(name for head in heads for name in head.unused))
    report.refused, report.refusals = staging.refused, list(staging.refusals(FIRST))


def write_rejects(path: Path, refusals: Iterable[Refusal]) -> None:
    """A CSV of refused rows that a spreadsheet can open safely."""
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(("sheet", "row", "reason", "what stands there"))
        for one in refusals:
            writer.writerow((safe_text(one.sheet), one.number, safe_text(one.reason), safe_text(one.shown)))


class _Loading:
    """Writes what is staged."""

    def __init__(
        self, desk: Desk, wishes: Wishes, staging: Staging, report: Report, as_of: datetime, read: Read
    ) -> None:
        self._desk, self._wishes, self._staging = desk, wishes, staging
        self._report, self._as_of, self._read = report, as_of, read
        self._counts: Counts = report.counts
        self._kinds: list[Kind] = list({head.kind.key: head.kind for head in read.heads}.values())

    def _session(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A dry run does all the work in a session that is never committed."""
        return self._desk.db.reading() if self._wishes.dry_run else self._desk.db.transaction()

    async def run(self) -> None:
        async with self._session() as session:
            for model in dict.fromkeys(model for kind in self._kinds for model in kind.models):
                for rows in self._staging.chunks(model, AT_ONCE):
                    await self._write(session, model, rows)
            if self._wishes.replace:
                await self._remove_entries(session)
            if self._counts.written:
                for home in sorted(self._read.homes):
                    await self._derive(session, home)
                    await self._note_reading(session, home)
            if not self._wishes.dry_run:
                await self._desk.audit.append_in(session, self._event())

    async def _write(self, session: AsyncSession, model: type[Sourced], rows: Sequence[dict[str, Any]]) -> None:
        """Only rows that are new, differ, or are confirmed for a later day."""
        names = list(rows[0])
        columns = [class_mapper(model).columns[name] for name in (*names, "as_of", "deleted_at")]
        found = await session.execute(
            select(*columns).where(
                model.workspace_id == self._desk.workspace_id, model.id.in_([row["id"] for row in rows])
            )
        )
        stored: dict[str, Any] = {row["id"]: row for row in found.mappings()}
        writing = [row for row in rows if self._differs(row, stored.get(row["id"]))]
        if writing:
            now = [{**row, "as_of": self._as_of} for row in writing]
            await upsert(session, model, self._desk.workspace_id, now)

    def _differs(self, row: Mapping[str, Any], stored: Mapping[str, Any] | None) -> bool:
        counts = self._counts
        if stored is None or stored["deleted_at"] is not None:
            counts.added += 1
            return True
        if stored["as_of"] > self._as_of:
            same = all(stored[name] == value for name, value in row.items())
            counts.unchanged, counts.older = counts.unchanged + same, counts.older + (not same)
            return False
        if all(stored[name] == value for name, value in row.items()):
            counts.unchanged += 1
            return stored["as_of"] < self._as_of
        counts.changed += 1
        return True

    async def _remove_entries(self, session: AsyncSession) -> None:
        """Entries of the file's leases, between its first and last day, that were imported and are not in it."""
        leases: dict[str, tuple[date, date]] = {}
        for rows in self._staging.chunks(LedgerEntry, AT_ONCE):
            for row in rows:
                first, last = leases.get(row["lease_id"], (row["posted_on"], row["posted_on"]))
                leases[row["lease_id"]] = (min(first, row["posted_on"]), max(last, row["posted_on"]))
        if not leases:
            return
        first, last = min(one for one, _ in leases.values()), max(one for _, one in leases.values())
        for lease_id in sorted(leases):
            living = (
                LedgerEntry.workspace_id == self._desk.workspace_id,
                LedgerEntry.lease_id == lease_id,
                LedgerEntry.posted_on.between(first, last),
                LedgerEntry.deleted_at.is_(None),
                LedgerEntry.as_of <= self._as_of,
                LedgerEntry.id.startswith(f"{IMPORT}:", autoescape=True),
            )
            ids = list(await session.scalars(select(LedgerEntry.id).where(*living)))
            gone = [one for start in range(0, len(ids), 500) for one in self._gone(ids[start : start + 500])]
            for start in range(0, len(gone), 500):
                some = (
                    LedgerEntry.workspace_id == self._desk.workspace_id,
                    LedgerEntry.id.in_(gone[start : start + 500]),
                )
                await session.execute(update(LedgerEntry).where(*some).values(deleted_at=self._desk.clock.now()))
            self._counts.removed += len(gone)

    def _gone(self, ids: Sequence[str]) -> list[str]:
        there = self._staging.has(LedgerEntry, ids)
        return [one for one in ids if one not in there]

    async def _derive(self, session: AsyncSession, home: str) -> None:
        """What hangs on the rows: unit counts, balances, monthly sums. As after a sync."""
        models = {model for kind in self._kinds for model in kind.models}
        if Unit in models:
            await count_units(session, self._desk.workspace_id, home)
        if Lease in models:
            await recompute_renewals(session, self._desk.workspace_id, home)
        if models & {Lease, LedgerEntry}:
            row = await session.get(Property, (self._desk.workspace_id, home))
            today = local_date(self._desk.clock, row.timezone if row is not None else self._desk.timezone)
            await recompute_property(session, self._desk.workspace_id, home, today)
            await keep_months(session, self._desk.workspace_id, home, today)

    async def _note_reading(self, session: AsyncSession, home: str) -> None:
        """Which file each resource of the community was last read from (app/portfolio/imported.py shows it)."""
        for kind in self._kinds:
            for resource in kind.resources:
                key = (self._desk.workspace_id, f"{IMPORT}:{resource}:{home}")
                state = await session.get(SyncState, key)
                if state is None:
                    state = SyncState(workspace_id=key[0], id=key[1], rows=0)
                    session.add(state)
                state.cursor = f"{kind.label.partition(' ')[2]} {self._report.file}"[:200]
                state.last_attempt_at = self._desk.clock.now()
                state.last_success_at = max(self._as_of, state.last_success_at or self._as_of)
                state.rows += self._counts.written

    def _event(self) -> AuditEvent:
        counts, report = self._counts, self._report
        return AuditEvent(
            self._desk.workspace_id,
            self._desk.by,
            "data.imported",
            report.file,
            {
                "sha256": report.digest,
                "kinds": report.kinds,
                "properties": report.properties[:50],
                "as_of": self._as_of.isoformat(),
                "added": counts.added,
                "changed": counts.changed,
                "removed": counts.removed,
                "unchanged": counts.unchanged,
                "refused": report.refused,
            },
        )
