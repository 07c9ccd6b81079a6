"""`sophia web`, `worker`, `socket`, `migrate`: the processes of the Procfile."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import typer
from rich.console import Console

from app.cli.core.edge import run_or_exit, settings_or_exit
from app.settings import Settings

Process = Callable[[Settings], Coroutine[Any, Any, None]]


def register(app: typer.Typer) -> None:
    @app.command()
    def web() -> None:
        """Take in what Slack sends over HTTP and acknowledge it; `sophia worker` does the work."""
        from app import main  # noqa: PLC0415 - importing the whole house takes a second that --help need not wait

        _serve(main.web)

    @app.command()
    def worker() -> None:
        """Work on questions that were taken in, until SIGTERM."""
        from app import main  # noqa: PLC0415

        _serve(main.worker)

    @app.command()
    def socket() -> None:
        """Listen to Slack by Socket Mode and work in the same process: no public address needed."""
        from app import main  # noqa: PLC0415

        _serve(main.socket)

    @app.command()
    def migrate() -> None:
        """Bring the database to the newest schema. Safe to repeat."""
        from app.db.engine import Database  # noqa: PLC0415
        from app.db.migrate import upgrade  # noqa: PLC0415

        settings = settings_or_exit()

        async def work() -> None:
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            db = Database(settings.async_database_url)
            try:
                await upgrade(db)
            finally:
                await db.close()

        run_or_exit(work())
        Console().print("[green]✓[/] The database is up to date.")


def _serve(process: Process) -> None:
    settings = settings_or_exit()
    run_or_exit(process(settings))
