"""What every test may use. Tests reach nothing but loopback (pytest-socket holds it, see pyproject.toml).

Databases: `db` runs a test twice, on SQLite and on PostgreSQL; `sqlite_db` and `postgres_db` give one of them. Each
test has a fresh database at the newest revision. `demo_db` holds the demo portfolio (tests/demo.py).
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
import structlog
from hypothesis import HealthCheck, settings

from app.db.engine import Database
from app.db.migrate import upgrade
from tests import demo
from tests.postgres import NoPostgres, running_postgres

# How long an example takes says nothing on a busy machine.
settings.register_profile("sophia", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sophia")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
TEMPLATE = "sophia_template"
_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def logs_of_its_own() -> Iterator[None]:
    """A test that sets logging up, as every command does, leaves nothing of it to the next one. Without it, exceptions
    are told plainly: structlog's own default draws every local variable, for minutes when one of them is long."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ]
    )
    yield
    root = logging.getLogger()
    root.handlers[:] = [h for h in root.handlers if not isinstance(h.formatter, structlog.stdlib.ProcessorFormatter)]
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of specifications and development data; tests that need it are skipped by name without it."""
    if not SHARED.is_dir():
        pytest.skip("needs ../shared (specifications and development data), which is absent")
    return SHARED


@pytest.fixture(scope="session")
def _migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    asyncio.run(_migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def _migrated_postgres() -> Iterator[str]:
    """Address of a server with a migrated database to copy; skips by name where no PostgreSQL can run."""
    with tempfile.TemporaryDirectory(prefix="sophia-pg-") as folder:
        Path(folder).chmod(0o755)
        try:
            with running_postgres(Path(folder)) as server:
                asyncio.run(_execute(server, f"CREATE DATABASE {TEMPLATE}"))
                asyncio.run(_migrate(server + TEMPLATE))
                yield server
        except NoPostgres as missing:
            pytest.skip(f"needs PostgreSQL: {missing}")


@pytest.fixture
async def sqlite_db(_migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """A fresh SQLite database at the newest revision."""
    path = tmp_path / "sophia.db"
    shutil.copyfile(_migrated_sqlite, path)
    db = Database(f"sqlite+aiosqlite:///{path}")
    yield db
    await db.close()


@pytest.fixture
async def postgres_db(_migrated_postgres: str) -> AsyncIterator[Database]:
    """A fresh PostgreSQL database at the newest revision."""
    name = f"test_{next(_numbers)}"
    await _execute(_migrated_postgres, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} STRATEGY FILE_COPY")
    db = Database(_migrated_postgres + name)
    yield db
    await db.close()
    await _execute(_migrated_postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def db(request: pytest.FixtureRequest) -> Database:
    """A fresh database; the test runs once on SQLite and once on PostgreSQL."""
    return request.getfixturevalue(f"{request.param}_db")


@pytest.fixture(scope="session")
def _built_demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    path = folder / "demo.db"
    with demo.BuiltOnce(path) as missing:
        if missing:
            asyncio.run(demo.build(path.with_suffix(".part")))
            path.with_suffix(".part").rename(path)
    return path


@pytest.fixture
async def demo_db(_built_demo: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """The demo portfolio about 18 March 2026 in SQLite, the test's own copy to change as it likes."""
    path = tmp_path / "demo.db"
    shutil.copyfile(_built_demo, path)
    db = Database(f"sqlite+aiosqlite:///{path}")
    yield db
    await db.close()


async def _migrate(url: str) -> None:
    db = Database(url)
    await upgrade(db)
    await db.close()


async def _execute(server: str, statement: str) -> None:
    """Run one statement outside a transaction on the server's own database."""
    connection = await asyncpg.connect(server.replace("+asyncpg", "") + "postgres")
    await connection.execute(statement)
    await connection.close()
