"""`sophia budget`: what models may cost the company, a channel, a person, a model or an integration."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

import typer
from rich.console import Console
from sqlalchemy import select

from app.cli.core.desk import BY, Desk, at_desk
from app.db.models.spending import SpendWindow
from app.domain.errors import Fixable
from app.gateways.money.alerts import forecast
from app.gateways.money.budgets import (
    WHOLE,
    Budget,
    Budgets,
    Kind,
    default_budget,
    dollars,
    microdollars,
)

What = Annotated[
    str,
    typer.Argument(
        help="workspace, channel:<id>, user:<id>, model:<name> or integration:<gateway or provider>", metavar="WHAT"
    ),
]


def register(app: typer.Typer) -> None:
    budget = typer.Typer(help="Set, list and remove budgets for AI models.", no_args_is_help=True)
    app.add_typer(budget, name="budget")

    @budget.command("set")
    def set_budget(
        what: What,
        amount: Annotated[str, typer.Argument(help="Dollars, such as 250 or 12.50")],
        period: Annotated[Literal["day", "month"], typer.Option(help="Days or months of TIMEZONE")] = "month",
        alert: Annotated[str, typer.Option(help="Channel id that hears at 50, 80 and 100 %")] = "",
    ) -> None:
        """Set a budget or change it. Calls that would pass it are not made."""
        at_desk(lambda desk: _set(desk, what, amount, period, alert))

    @budget.command("list")
    def list_budgets() -> None:
        """List budgets with what is spent, held and expected."""
        at_desk(_list)

    @budget.command()
    def remove(what: What) -> None:
        """Remove a budget: nothing limits that any more."""
        at_desk(lambda desk: _remove(desk, what))


async def _set(desk: Desk, what: str, amount: str, period: Literal["day", "month"], alert: str) -> None:
    kind, subject = _named(what)
    try:
        limit = microdollars(Decimal(amount.strip().removeprefix("$").replace(",", "")))
    except ArithmeticError:
        raise Fixable(
            f"“{amount}” is no amount.", next_step="Write dollars, such as 250 or 12.50.", code="bad_budget"
        ) from None
    await _budgets(desk).set(Budget(desk.workspace_id, kind, subject, period, limit, alert), by=BY)
    typer.echo(f"{what}: ${dollars(limit):,.2f} a {period}.")


async def _remove(desk: Desk, what: str) -> None:
    kind, subject = _named(what)
    gone = await _budgets(desk).remove(desk.workspace_id, f"{kind}:{subject}", by=BY)
    typer.echo(f"{what} has no budget any more." if gone else f"{what} had no budget.")


async def _list(desk: Desk) -> None:
    console = Console(highlight=False, soft_wrap=True)
    budgets = _budgets(desk)
    known = await budgets.all()
    now = desk.clock.now()
    for budget in known:
        window = budgets.window(budget)
        async with desk.db.reading() as session:
            row = await session.scalar(
                select(SpendWindow).where(SpendWindow.workspace_id == budget.workspace_id, SpendWindow.id == window.id)
            )
        spent, held = (row.spent_microdollars, row.held_microdollars) if row else (0, 0)
        name = budget.kind if budget.kind is Kind.WORKSPACE else budget.id
        console.print(
            f"{name}: ${dollars(spent):,.2f} of ${dollars(budget.limit_microdollars):,.2f} this {budget.period}, "
            f"${dollars(held):,.2f} held, ${dollars(forecast(spent, window, now)):,.2f} expected",
        )
    if not known:
        console.print("No budget limits what models may cost.")


def _named(what: str) -> tuple[Kind, str]:
    kind, _, subject = what.partition(":")
    if kind == Kind.WORKSPACE and not subject:
        return Kind.WORKSPACE, WHOLE
    if kind in set(Kind) and subject and kind != Kind.WORKSPACE:
        return Kind(kind), subject
    raise Fixable(
        f"“{what}” is nothing that can have a budget.",
        next_step="Use workspace, channel:<id>, user:<id>, model:<name> or integration:<name>.",
        code="bad_budget",
    )


def _budgets(desk: Desk) -> Budgets:
    settings = desk.settings
    default = default_budget(desk.workspace_id, settings.ai_budget, settings.ai_budget_channel or "")
    return Budgets(desk.db, desk.clock, desk.audit, timezone=settings.timezone, default=default)
