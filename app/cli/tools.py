"""`sophia tools`: what she can do, from the tools themselves."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.domain.tooling import Effect
from app.tools.core.registry import AnyTool, all_tools

AREAS: dict[str, str] = {
    "leasing": "Leasing",
    "pricing": "Leasing",
    "residents": "Residents",
    "collections": "Collections",
    "notices": "Collections",
    "maintenance": "Maintenance",
    "finance": "Money and figures",
    "crm": "Sales and contacts",
    "messages": "Messages",
    "tasks": "Tasks and reminders",
    "digests": "Sophia herself",
    "usage": "Sophia herself",
    "knowledge": "Sophia herself",
}
"""What people call the area of a scope."""

KINDS = {Effect.READ: "", Effect.WRITE: "asks approval", Effect.EGRESS: "asks approval, leaves the company"}


def register(app: typer.Typer) -> None:
    @app.command()
    def tools(
        markdown: Annotated[bool, typer.Option("--markdown", help="As the list in docs/asking.md.")] = False,
    ) -> None:
        """List everything Sophia can do, with an example question for each."""
        if markdown:
            typer.echo(as_markdown(), nl=False)
            return
        for area, members in by_area().items():
            table = Table(
                title=area, title_justify="left", title_style="bold", box=None, show_header=False, padding=(0, 2, 0, 0)
            )
            table.add_column(width=22)
            table.add_column()
            for tool in members:
                kind = KINDS[tool.effect]
                table.add_row(tool.title, f"“{tool.examples[0]}”" + (f" [yellow]({kind})[/]" if kind else ""))
            Console().print(table)
            Console().print()


def by_area() -> dict[str, list[AnyTool]]:
    """The tools by area, areas in the order of AREAS, reads before writes."""
    found: dict[str, list[AnyTool]] = {label: [] for label in AREAS.values()}
    for tool in all_tools().values():
        found[AREAS[tool.scope.partition(":")[0]]].append(tool)
    return {
        area: sorted(tools, key=lambda tool: (tool.effect is not Effect.READ, tool.title))
        for area, tools in found.items()
    }


def as_markdown() -> str:
    """One table per area: what, and two ways to ask for it."""
    lines: list[str] = []
    for area, tools in by_area().items():
        lines += [f"### {area}", "", "| what | for example | |", "|---|---|---|"]
        lines += [
            f"| {tool.title} | {' · '.join(f'*{example}*' for example in tool.examples[:2])} | {KINDS[tool.effect]} |"
            for tool in tools
        ]
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"
