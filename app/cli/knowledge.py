"""`sophia knowledge`: which documents Sophia answers from, who may read them, forgetting them, and where they are
kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.channels.console_table import as_words
from app.cli.core.edge import run_or_exit, settings_or_exit
from app.cli.core.moving import move_documents
from app.db.migrate import upgrade
from app.settings import KNOWLEDGE_STORES, Settings

if TYPE_CHECKING:
    from app.knowledge.passages import Document


def register(app: typer.Typer) -> None:
    knowledge = typer.Typer(help="The documents that Sophia answers from.", no_args_is_help=True)
    app.add_typer(knowledge, name="knowledge")

    @knowledge.command("list")
    def list_documents(
        start: Annotated[str, typer.Argument(help="Only ids that start so: file:handbook/, page:https://…")] = "",
    ) -> None:
        """List the documents, their dates and who may read them."""
        documents = run_or_exit(_listed(settings_or_exit(log_level="error"), start))
        _show(documents)

    @knowledge.command()
    def forget(
        ids: Annotated[list[str], typer.Argument(help="Document ids, as `sophia knowledge list` shows them.")],
    ) -> None:
        """Forget documents: nobody finds them from this moment on."""
        forgotten = run_or_exit(_forget(settings_or_exit(log_level="error"), ids))
        missing = len(set(ids)) - forgotten
        typer.echo(f"{forgotten} forgotten" + (f", {missing} not found" if missing else "") + ".")
        raise typer.Exit(1 if missing else 0)

    @knowledge.command()
    def move(
        to: Annotated[str, typer.Option("--to", help=f"One of {', '.join(KNOWLEDGE_STORES)}.")],
        source: Annotated[str, typer.Option("--from", help="Default: the store that KNOWLEDGE_STORE names.")] = "",
    ) -> None:
        """Copy all passages to another store; broken off, run it again and it goes on.

        Exits with 1 when the counts differ afterwards.
        """
        settings = settings_or_exit(log_level="error")
        run_or_exit(move_documents(settings, source, to, Console(highlight=False)))


async def _listed(settings: Settings, start: str) -> list[Document]:
    from app.house import open_house  # noqa: PLC0415 - --help need not wait for the whole house

    async with open_house(settings) as house:
        await upgrade(house.db)
        return await house.library.documents(settings.workspace_id, start)


async def _forget(settings: Settings, ids: list[str]) -> int:
    from app.house import open_house  # noqa: PLC0415

    async with open_house(settings) as house:
        await upgrade(house.db)
        return await house.library.forget(settings.workspace_id, list(dict.fromkeys(ids)))


def _show(documents: list[Document]) -> None:
    console = Console(highlight=False)
    if not documents:
        console.print("No documents yet. Take some in with `sophia ingest`.")
        return
    table = Table("Document", "Title", "Dated", "Readers", box=None)
    for one in documents:
        row = (one.id, one.title, one.dated.date().isoformat(), ", ".join(sorted(one.readers)))
        table.add_row(*map(as_words, row))
    console.print(table)
    console.print(f"{len(documents)} documents")
