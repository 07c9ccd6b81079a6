"""`sophia ingest`: take files, folders and web sites into the documents that Sophia answers from."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn

from app.cli.core.edge import run_or_exit, settings_or_exit
from app.db.migrate import upgrade
from app.settings import Settings

if TYPE_CHECKING:
    from app.cli.core.intake import Kept
    from app.knowledge.library import Arriving, Library, TakenIn
    from app.knowledge.web.walk import Bounds

MARKS = {
    "added": "[green]+[/]",
    "replaced": "[green]~[/]",
    "unchanged": "[dim]=[/]",
    "unreadable": "[yellow]![/]",
    "missing": "[yellow]?[/]",
}


def register(app: typer.Typer) -> None:
    @app.command()
    def ingest(
        sources: Annotated[list[str], typer.Argument(help="Files, folders, or addresses of sites in KNOWLEDGE_SITES.")],
        readers: Annotated[
            str,
            typer.Option(
                help="Who may read them, comma separated: everyone, role:leasing, property:…, channel:…, user:U…"
            ),
        ] = "everyone",
        link: Annotated[str, typer.Option(help="Address the files can be opened under; the path is added.")] = "",
        remove: Annotated[
            bool, typer.Option("--remove", help="Also forget what these folders and sites no longer hold.")
        ] = False,
        pages: Annotated[int, typer.Option(help="Most pages of one site.", min=1, max=5000)] = 200,
        depth: Annotated[int, typer.Option(help="Links from the first page of a site.", min=0, max=10)] = 3,
    ) -> None:
        """Read documents, so that Sophia can answer from them with citations.

        What is unchanged costs nothing, what changed replaces its older version. Exits with 1 when something could not
        be read; the rest is in.
        """
        from app.cli.core.intake import Kept, reader_tokens  # noqa: PLC0415 - --help need not wait for it
        from app.knowledge.web.walk import Bounds  # noqa: PLC0415

        async def work() -> bool:
            kept = Kept(reader_tokens(readers), link)
            return await _take_in(settings, sources, kept, Bounds(pages, depth), remove=remove)

        settings = settings_or_exit(log_level="error")
        raise typer.Exit(0 if run_or_exit(work()) else 1)


async def _take_in(settings: Settings, sources: list[str], kept: Kept, bounds: Bounds, *, remove: bool) -> bool:
    """Takes everything in and shows what became of it; true when all could be read."""
    from app.cli.core.intake import is_address, origin  # noqa: PLC0415
    from app.house import open_house  # noqa: PLC0415 - importing the whole house takes a second that --help need not wait

    console = Console(highlight=False)
    counts: Counter[str] = Counter()
    workspace_id = settings.workspace_id
    async with open_house(settings) as house:
        await upgrade(house.db)
        with Progress(SpinnerColumn(), TextColumn("{task.description}"), console=console, transient=True) as progress:
            bar = progress.add_task("Reading documents")
            for source in sources:
                met: set[str] = set()
                whole = True
                async for arriving in _arriving(source, settings, kept, bounds):
                    one = await _one(house.library, workspace_id, arriving, progress, bar)
                    if one.outcome != "missing":
                        met.add(one.document_id)
                    whole = whole and (one.outcome != "unreadable" or not is_address(source))
                    counts[one.outcome] += 1
                    told = one.sentence or f"{one.passages} passages"
                    progress.console.print(f"{MARKS[one.outcome]} {escape(one.document_id)}  [dim]{escape(told)}[/]")
                if is_address(source) and (not whole or len(met) >= bounds.pages):
                    # A page that was out of reach, or beyond the bounds, may lead to others: they are not gone for it.
                    if remove:
                        progress.console.print(
                            "[yellow]Not all of the site was read, so nothing of it is forgotten.[/]"
                        )
                elif remove and (start := origin(source)):
                    known = await house.library.documents(workspace_id, start)
                    gone = [document.id for document in known if document.id not in met]
                    counts["forgotten"] += await house.library.forget(workspace_id, gone)
                    for document_id in gone:
                        progress.console.print(f"[red]-[/] {escape(document_id)}  [dim]forgotten[/]")
    told = ", ".join(f"{number} {outcome}" for outcome, number in counts.items() if number)
    console.print(told or "There was nothing to read.")
    return not (counts["unreadable"] or counts["missing"])


async def _arriving(source: str, settings: Settings, kept: Kept, bounds: Bounds) -> AsyncIterator[Arriving | TakenIn]:
    from app.cli.core.intake import files, is_address, of_file, of_site  # noqa: PLC0415
    from app.domain.clock import SystemClock  # noqa: PLC0415

    if is_address(source):
        async for page in of_site(source, settings.knowledge_sites, kept, SystemClock(), bounds):
            yield page
        return
    for name, path in files(source):
        yield of_file(name, path, kept)


async def _one(
    library: Library, workspace_id: str, arriving: Arriving | TakenIn, progress: Progress, bar: TaskID
) -> TakenIn:
    from app.knowledge.library import TakenIn  # noqa: PLC0415

    if isinstance(arriving, TakenIn):
        return arriving
    progress.update(bar, description=escape(f"Reading {arriving.title}"))
    return await library.take_in(workspace_id, arriving)
