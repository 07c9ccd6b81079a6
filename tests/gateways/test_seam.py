"""The seam: providers are found by registration, wrong names stop the start, usage reaches the table."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app.db.engine import Database
from app.db.models.assistant import UsageRecord
from app.db.models.base import Base
from app.domain.clock import CountingIds, FixedClock
from app.gateways.faults import FaultKind, kind_of_status, retry_after_of
from app.gateways.models import ChatModels
from app.gateways.providers import Access, DuplicateProvider, discover
from app.gateways.usage import ModelUse, UsageRecorder
from tests.gateways.standins import FixedPlanner, Uses

NOW = datetime(2026, 3, 18, 15, 30, tzinfo=UTC)
A_PROVIDER = """
from app.gateways.providers import Provider
PROVIDER = Provider(name="{name}", label="X", key_variable="X_API_KEY", default_model="x-1",
                    build=lambda access, deadlines: None, fault=lambda error: None, close=lambda model: None)
"""


def test_the_direct_providers_are_found() -> None:
    assert {"openai", "anthropic"} <= set(discover())


def _package(folder: Path, monkeypatch: pytest.MonkeyPatch, files: dict[str, str]) -> object:
    (folder / "outside").mkdir()
    (folder / "outside" / "__init__.py").write_text("")
    for name, source in files.items():
        (folder / "outside" / name).write_text(source)
    monkeypatch.syspath_prepend(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == "outside"]:
        monkeypatch.delitem(sys.modules, name)
    import outside  # pyright: ignore[reportMissingImports]

    return outside


def test_a_new_provider_is_one_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = _package(tmp_path, monkeypatch, {"acme.py": A_PROVIDER.format(name="acme"), "notes.py": "X = 1"})
    assert list(discover(package)) == ["acme"]


def test_two_providers_of_one_name_stop_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = A_PROVIDER.format(name="acme")
    package = _package(tmp_path, monkeypatch, {"acme.py": source, "acme_again.py": source})
    with pytest.raises(DuplicateProvider):
        discover(package)


def test_an_unknown_provider_in_the_configuration_stops_the_start() -> None:
    with pytest.raises(ValueError, match="no provider is named 'opena1'"):
        ChatModels(access={"opena1": Access("k")}, planner=lambda **_: FixedPlanner(), uses=Uses())


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after-ms": "1500", "retry-after": "9"}, 1.5),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-3"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_read_from_either_header(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_of(headers) == seconds


def test_statuses_without_a_code_are_classed_by_what_to_do() -> None:
    kinds = {status: kind_of_status(status) for status in (400, 401, 402, 403, 404, 408, 413, 418, 429, 500, 529)}
    assert {status for status, kind in kinds.items() if kind is FaultKind.ACCOUNT} == {401, 402, 403, 404}
    assert {status for status, kind in kinds.items() if kind is FaultKind.TRANSIENT} == {408, 429, 500, 529}
    assert {status for status, kind in kinds.items() if kind is FaultKind.REQUEST} == {400, 418}
    assert kinds[413] is FaultKind.CONTEXT


@pytest.fixture
async def tables(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'sophia.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    yield database
    await database.close()


def _use(turn: str) -> ModelUse:
    return ModelUse(turn, "T1", "U1", "D1", "openai", "gpt-4o-mini", input_tokens=812, output_tokens=41)


async def test_usage_is_written_with_who_and_what(tables: Database) -> None:
    recorder = UsageRecorder(tables, FixedClock(NOW), CountingIds(), timezone="UTC")
    for number in range(20):
        recorder.record(_use(f"turn_{number}"))
    await recorder.settle()
    async with tables.reading() as session:
        rows = (await session.scalars(select(UsageRecord))).all()
    assert len(rows) == 20
    first = next(row for row in rows if row.turn_id == "turn_0")
    assert (first.workspace_id, first.user_id, first.provider, first.model) == ("T1", "U1", "openai", "gpt-4o-mini")
    assert (first.input_tokens, first.output_tokens, first.day) == (812, 41, NOW.date())


async def test_usage_counts_to_the_companys_day(tables: Database) -> None:
    clock = FixedClock(datetime(2026, 12, 1, 3, 0, tzinfo=UTC))
    recorder = UsageRecorder(tables, clock, CountingIds(), timezone="America/Chicago")
    recorder.record(_use("turn_0"))
    await recorder.settle()
    async with tables.reading() as session:
        assert await session.scalar(select(UsageRecord.day)) == date(2026, 11, 30)


async def test_usage_that_cannot_be_written_is_logged_and_fails_nobody(
    tables: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async with tables.engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
    recorder = UsageRecorder(tables, FixedClock(NOW), CountingIds(), timezone="UTC")
    recorder.record(_use("turn_0"))
    await recorder.settle()
    assert "usage_not_recorded" in capsys.readouterr().out
