"""Whose data a command works on: the configured one, or the demo's when nothing is set up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from sqlalchemy import select

from app.cli.core.demo import free_port, outside_world, prepare
from app.cli.core.edge import settings_or_exit
from app.db.engine import Database
from app.db.migrate import upgrade
from app.db.models.property import Property
from app.domain.clock import SystemClock
from app.integrations.registry import all_connectors
from app.settings import Settings, plain_values

if TYPE_CHECKING:
    from app.sandbox.demo import DemoWorld


async def which_data(settings: Settings) -> tuple[Settings, DemoWorld | None]:
    """The configured database, or the demo's when there is neither data nor a system to read it from."""
    if _is_connected(settings) or await _has_data(settings):
        return settings, None
    from app.sandbox.demo import DemoWorld  # noqa: PLC0415 - only when there is nothing real

    folder, clock = settings.data_dir / "demo", SystemClock()
    world = DemoWorld.at(folder, clock)
    demo = settings_or_exit(**world.settings(), log_level="error")
    if not world.is_ready:
        world = DemoWorld.at(folder, clock, page=free_port(), systems=free_port())
        demo = settings_or_exit(**world.settings(), log_level="error")
        console = Console(stderr=True)
        console.print("Nothing is set up yet, so I'll use a demo portfolio of 12 communities.")
        world.begin()
        async with outside_world(world, console):
            await prepare(world, demo, console)
    return demo, world


def _is_connected(settings: Settings) -> bool:
    """True when a property or business system is set up."""
    given = {name.upper(): value for name, value in plain_values(settings).items()}
    return any(not spec.missing(given) for spec in all_connectors().values())


async def _has_data(settings: Settings) -> bool:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    db = Database(settings.async_database_url)
    try:
        await upgrade(db)
        async with db.reading() as session:
            query = select(Property.id).where(Property.workspace_id == settings.workspace_id).limit(1)
            return (await session.scalars(query)).first() is not None
    finally:
        await db.close()
