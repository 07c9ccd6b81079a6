"""`sophia tools`: what she can do, from the tools themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from app.cli.core.edge import run_or_exit, settings_or_exit
from app.cli.core.stored import completed
from app.db.engine import Database
from app.domain.clock import SystemClock
from app.domain.tooling import Effect
from app.http.outbound import Outbound
from app.integrations.declared.registry import all_services, open_services, service_variables
from app.settings import Settings, declared_values
from app.tools.core.registry import AnyTool, Tools, all_tools
from app.tools.declared.tools import with_declared

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
    "services": "Your own services",
    "admin": "Your own services",
}
"""What people call the area of a scope."""

KINDS = {Effect.READ: "", Effect.WRITE: "asks approval", Effect.EGRESS: "asks approval, leaves the company"}


def register(app: typer.Typer) -> None:
    @app.command()
    def tools(
        markdown: Annotated[bool, typer.Option("--markdown", help="As the list in docs/asking.md.")] = False,
    ) -> None:
        """List everything Sophia can do, with an example question for each; services you set up included."""
        if markdown:
            typer.echo(as_markdown(), nl=False)
            return
        found = run_or_exit(every_tool(settings_or_exit()))
        for area, members in by_area(found.values()).items():
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


async def every_tool(settings: Settings) -> Tools:
    """The built-in tools and those of the services that are set up. They are listed, not run."""
    clock = SystemClock()
    services = all_services(settings.services_folder)
    outbound, db = Outbound(clock), Database(settings.async_database_url)
    try:
        values = declared_values(await completed(settings, db, clock, seconds=8.0), service_variables(services))
        return with_declared(all_tools(), services, open_services(services, values, outbound), _listed_only)
    finally:
        await outbound.close()
        await db.close()


async def _listed_only(workspace_id: str, switch: str) -> None:
    """No switch matters to a list."""


def by_area(tools: Iterable[AnyTool]) -> dict[str, list[AnyTool]]:
    """The tools by area, areas in the order of AREAS and only those with tools, reads before writes."""
    found: dict[str, list[AnyTool]] = {label: [] for label in AREAS.values()}
    for tool in tools:
        found[AREAS[tool.scope.partition(":")[0]]].append(tool)
    return {
        area: sorted(members, key=lambda tool: (tool.effect is not Effect.READ, tool.title))
        for area, members in found.items()
        if members
    }


def as_markdown() -> str:
    """One table per area: what, and two ways to ask for it. Declared services are not among them."""
    lines: list[str] = []
    for area, tools in by_area(all_tools().values()).items():
        lines += [f"### {area}", "", "| what | for example | |", "|---|---|---|"]
        lines += [
            f"| {tool.title} | {' · '.join(f'*{example}*' for example in tool.examples[:2])} | {KINDS[tool.effect]} |"
            for tool in tools
        ]
        lines.append("")
    return "\n".join(lines[:-1]) + "\n"
