"""`sophia define`: what a figure means, with an example worked by hand."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from app.cli.core.edge import fail
from app.domain.definition import Definition
from app.domain.errors import NotFound
from app.portfolio.definitions import DEFINITIONS, define


def register(app: typer.Typer) -> None:
    @app.command("define")
    def define_(
        name: Annotated[str, typer.Argument(help="Occupancy, noi, renewal_rate …; a list when left out.")] = "",
        markdown: Annotated[bool, typer.Option("--markdown", help="All of them, as docs/definitions.md.")] = False,
    ) -> None:
        """Say how a figure is counted, with an example."""
        if markdown:
            typer.echo(page(), nl=False)
            return
        console = Console(highlight=False)
        if not name:
            for one in DEFINITIONS.values():
                console.print(f"[bold]{one.key}[/]  {one.sentence}")
            return
        try:
            show(define(name), console)
        except NotFound as unknown:
            fail(unknown)
            raise typer.Exit(1) from None


def show(definition: Definition, console: Console) -> None:
    console.print(Text(definition.name, style="bold"))
    console.print(definition.sentence)
    for rule in definition.counting:
        console.print(Padding(f"• {rule}", (0, 0, 0, 2)))
    console.print("For example:")
    for line in definition.example:
        console.print(Padding(line, (0, 0, 0, 2)))
    console.print(Padding(Text(f"That is {definition.result}.", style="bold"), (0, 0, 0, 2)))


def page() -> str:
    """docs/definitions.md, whole."""
    return "\n".join([_INTRODUCTION, *(_section(one) for one in DEFINITIONS.values())])


def _section(definition: Definition) -> str:
    rules = "\n".join(f"- {rule}" for rule in definition.counting)
    example = "  \n".join(definition.example)
    return (
        f"## {definition.name}\n\n{definition.sentence}\n\n{rules}\n\n"
        f"**For example.** {example}  \nThat is **{definition.result}**.\n\n`sophia define {definition.key}`\n"
    )


_INTRODUCTION = """# How figures are counted

Every figure that Sophia shows is counted the same way everywhere. In Slack, *How is this counted?* under an answer
opens the definition behind it; in the terminal `sophia define` shows it. This page is made from the definitions
themselves (`sophia define --markdown`).
"""
