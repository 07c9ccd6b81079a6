"""`sophia ingest`: take files and folders into the documents that Sophia answers from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from app.cli.core.edge import run_or_exit, settings_or_exit
from app.db.migrate import upgrade
from app.domain.errors import Fixable
from app.knowledge.library import Arriving, TakenIn
from app.knowledge.passages import EVERYONE, DocumentKind
from app.knowledge.reading.base import Material
from app.settings import Settings

MARKS = {"added": "[green]+[/]", "replaced": "[green]~[/]", "unchanged": "[dim]=[/]", "unreadable": "[yellow]![/]"}


def register(app: typer.Typer) -> None:
    @app.command()
    def ingest(
        paths: Annotated[list[Path], typer.Argument(help="Files, or folders with all they hold.")],
        readers: Annotated[
            str,
            typer.Option(help="Who may read them, comma separated: everyone, role:leasing, property:…, user:U…"),
        ] = EVERYONE,
        link: Annotated[str, typer.Option(help="Address the documents can be opened under; the path is added.")] = "",
    ) -> None:
        """Read documents, so that Sophia can answer from them with citations.

        What is unchanged costs nothing, what changed replaces its older version. Exits with 1 when a file could not be
        read; the others are in.
        """
        settings = settings_or_exit(log_level="error")
        taken = run_or_exit(take_in(settings, paths, _tokens(readers), link))
        raise typer.Exit(1 if any(one.outcome == "unreadable" for one in taken) else 0)


def _tokens(readers: str) -> frozenset[str]:
    tokens = frozenset(part.strip() for part in readers.split(",") if part.strip())
    known = ("role:", "property:", "channel:", "user:")
    wrong = [token for token in tokens if token != EVERYONE and not token.startswith(known)]
    if wrong or not tokens:
        raise typer.BadParameter(f"{wrong[0] if wrong else 'nothing'!r} is no reader; try everyone or role:leasing")
    properties = {"property:*"} if any(token.startswith("property:") for token in tokens) else set[str]()
    return tokens | properties


async def take_in(settings: Settings, paths: list[Path], readers: frozenset[str], link: str) -> list[TakenIn]:
    """Takes every file in and shows what became of it. Raises Fixable when a path does not exist."""
    from app import main  # noqa: PLC0415 - importing the whole house takes a second that --help need not wait

    files = list(_files(paths))
    console = Console(highlight=False)
    bars = (TextColumn("{task.description}"), BarColumn(bar_width=30), MofNCompleteColumn())
    taken: list[TakenIn] = []
    async with main.open_house(settings) as house:
        await upgrade(house.db)
        with Progress(*bars, console=console, transient=True) as progress:
            bar = progress.add_task("Reading documents", total=len(files))
            for name, path in files:
                progress.update(bar, description=f"Reading {path.name}")
                one = await house.library.take_in(settings.workspace_id, arriving(name, path, readers, link))
                taken.append(one)
                told = one.sentence or f"{one.passages} passages"
                progress.console.print(f"{MARKS[one.outcome]} {name}  [dim]{told}[/]")
                progress.advance(bar)
    counts = Counter(one.outcome for one in taken)
    console.print(
        ", ".join(f"{number} {outcome}" for outcome, number in counts.items()) or "There was nothing to read."
    )
    return taken


def arriving(name: str, path: Path, readers: frozenset[str], link: str = "") -> Arriving:
    """A file as it comes in; `name` is its path below the folder that was given."""
    return Arriving(
        id=f"file:{name}"[:120],
        title=path.stem.replace("-", " ").replace("_", " ").capitalize(),
        kind=DocumentKind.FILE,
        readers=readers,
        dated=datetime.fromtimestamp(path.stat().st_mtime, UTC),
        link=f"{link.rstrip('/')}/{name}" if link else "",
        material=Material(path.name, path.read_bytes()),
    )


def _files(paths: list[Path]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        if path.is_dir():
            below = (file for file in sorted(path.rglob("*")) if file.is_file())
            for file in below:
                if not any(part.startswith(".") for part in file.relative_to(path).parts):
                    yield f"{path.name}/{file.relative_to(path).as_posix()}", file
        elif path.is_file():
            yield path.name, path
        else:
            raise Fixable(
                f"There is no file or folder {path}.", next_step="Please check the path.", code="no_such_file"
            )
