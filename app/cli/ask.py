"""`sophia ask "…"`: one question, answered in the terminal."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.console import Console
from rich.prompt import Prompt
from rich.status import Status
from sqlalchemy import select

from app.agent.memory import conversation_key
from app.channels.console import render
from app.channels.console_table import as_words
from app.channels.csv import to_csv
from app.channels.text import Reader, count
from app.cli.core.data import which_data
from app.cli.core.demo import is_taken, outside_world
from app.cli.core.edge import run_or_exit, settings_or_exit
from app.db.models.security import Person
from app.domain.answer import Answer, AnswerKind, ApprovalCard
from app.domain.errors import Fixable
from app.domain.principal import Principal, Role, Surface
from app.domain.turn import Conversation, Turn
from app.security.people import principal_of
from app.settings import Settings
from app.tools.core.outcomes import CallOrigin
from app.tools.core.whole import whole_table

if TYPE_CHECKING:
    from app.house import House
    from app.sandbox.demo import DemoWorld


def register(app: typer.Typer) -> None:
    @app.command()
    def ask(
        question: Annotated[list[str], typer.Argument(help="Your question, in plain words.")],
        as_user: Annotated[str, typer.Option("--as", help="Slack id or name of the person you ask as.")] = "",
        csv: Annotated[Path | None, typer.Option(help="Also write the answer's table to this file.")] = None,
        thread: Annotated[str, typer.Option(help="Name a thread to ask follow-up questions in it.")] = "",
    ) -> None:
        """Ask Sophia something and read the answer here.

        With nothing set up yet the demo portfolio is used. A change waits for your approval, here or in Slack.
        """
        settings, world = run_or_exit(which_data(settings_or_exit(log_level="error")))
        answered = run_or_exit(_ask(settings, world, " ".join(question), as_user, thread, csv))
        raise typer.Exit(0 if answered else 1)


async def _ask(
    settings: Settings, world: DemoWorld | None, question: str, as_user: str, thread: str, csv: Path | None
) -> bool:
    """Shows the answer; False when there was none, only a reason."""
    from app.house import open_house  # noqa: PLC0415 - importing the whole house takes a second that --help need not wait

    console = Console()
    async with open_house(settings) as house:
        principal = await _person(house, as_user)
        turn = Turn(
            turn_id=house.ids.new("turn"),
            principal=principal,
            text=question,
            surface=Surface.CONSOLE,
            conversation=Conversation("console", thread or house.ids.new("thread")),
            received_at=house.clock.now(),
        )
        with console.status("Thinking…") as status:
            answer = await house.agent.run(turn, _Spinner(status))
        console.print(render(answer, Reader(principal.timezone, house.clock.now())))
        await _save(house, turn, answer, csv, console)
        for card in answer.approvals:
            await _offer(house, principal, card, world, console)
    return answer.kind is not AnswerKind.FAILED


class _Spinner:
    """Progress as the words beside a spinner; the text itself is shown when it is whole."""

    def __init__(self, status: Status) -> None:
        self._status = status

    async def status(self, text: str) -> None:
        self._status.update(text)

    async def step(self, key: str, title: str, state: Literal["in_progress", "complete", "error"]) -> None:
        if state == "in_progress":
            self._status.update(f"{title}…")

    async def delta(self, text: str) -> None:
        return None

    async def personal(self) -> None:
        return None


async def _person(house: House, wanted: str) -> Principal:
    """Whom to ask as: the named person, else an administrator. Raises Fixable when there is nobody."""
    workspace_id = house.settings.workspace_id
    async with house.db.reading() as session:
        people = (
            await session.scalars(select(Person).where(Person.workspace_id == workspace_id).order_by(Person.name))
        ).all()
    chosen = _chosen(people, wanted)
    if chosen is None and wanted:
        names = ", ".join(person.name for person in people[:12]) or "nobody yet"
        raise Fixable(f"There is nobody called “{wanted}”.", next_step=f"People: {names}.")
    if chosen is None:
        raise Fixable(
            "Nobody has rights yet, so there is nobody to ask as.",
            next_step='Add yourself: sophia people add U… --name "Your Name" --role admin',
        )
    return await principal_of(house.db, workspace_id, chosen.id)


def _chosen(people: Sequence[Person], wanted: str) -> Person | None:
    if not wanted:
        return next((person for person in people if Role.ADMIN in person.roles.split("|")), None)
    lowered = wanted.lower()
    exact = [person for person in people if lowered in (person.id.lower(), person.name.lower(), person.email.lower())]
    fitting = exact or [person for person in people if lowered in person.name.lower().split()]
    return fitting[0] if len(fitting) == 1 else None


async def _save(house: House, turn: Turn, answer: Answer, csv: Path | None, console: Console) -> None:
    if csv is None:
        return
    if not answer.tables:
        console.print("[dim]This answer has no table, so no file was written.[/]")
        return
    origin = CallOrigin(turn.turn_id, conversation_key(turn), turn.surface)
    table = await whole_table(answer, 0, turn.principal, origin, gate=house.gate.call, tools=house.tools)
    await asyncio.to_thread(csv.write_text, to_csv(table), encoding="utf-8")
    left = f", the first of {table.row_count:,}" if len(table.rows) < table.row_count else ""
    console.print(f"[dim]{count(len(table.rows), 'row')} written to {csv}{left}[/]")


async def _offer(
    house: House, principal: Principal, card: ApprovalCard, world: DemoWorld | None, console: Console
) -> None:
    """Lets the person decide here when somebody sits at the terminal; otherwise the card waits."""
    if not sys.stdin.isatty():
        console.print("[dim]It waits for approval until it expires; run the same question in a terminal to decide.[/]")
        return
    said = Prompt.ask("Approve?", choices=["approve", "decline", "later"], default="later", console=console)
    if said == "later":
        return
    async with AsyncExitStack() as stack:
        if world is not None and not is_taken(world.ports.systems):
            await stack.enter_async_context(outside_world(world, console))
        decision = await house.gate.decide(card.approval_id, principal, "approve" if said == "approve" else "decline")
    console.print(as_words(decision.sentence, style="green" if decision.status == "executed" else "yellow"))
