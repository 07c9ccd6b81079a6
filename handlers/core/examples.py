"""What to ask: example questions that this person's rights cover, for help, the Home tab and suggested prompts."""

from __future__ import annotations

from collections.abc import Mapping

from app.domain.principal import Principal
from app.domain.samples import in_own_names
from app.portfolio.names import load_names
from app.security.roles import decide
from app.tools.core.registry import AnyTool
from handlers.core.deps import Deps

FIRST = ("get_occupancy", "list_work_orders", "list_delinquent_residents", "search_available_units", "get_kpi")


def allowed_tools(principal: Principal, tools: Mapping[str, AnyTool]) -> list[AnyTool]:
    """The tools this person may use, the most asked-for first."""
    mine = [tool for tool in tools.values() if decide(principal, tool.scope).allowed]
    return sorted(mine, key=lambda tool: (FIRST.index(tool.name) if tool.name in FIRST else len(FIRST), tool.title))


async def abilities(principal: Principal, deps: Deps) -> list[tuple[str, str]]:
    """Each tool's title with a question that can be asked with names this person knows."""
    own = await load_names(deps.db, principal, deps.clock)
    asked = ((tool.title, in_own_names(tool.examples, own)) for tool in allowed_tools(principal, deps.tools))
    return [(title, question) for title, question in asked if question]


async def example_questions(principal: Principal, deps: Deps, most: int) -> list[str]:
    """One question per tool."""
    return [question for _, question in (await abilities(principal, deps))[:most]]


async def help_text(principal: Principal, deps: Deps) -> str:
    """What Sophia can do for this person, as Markdown."""
    examples = await example_questions(principal, deps, 6)
    if not examples:
        return (
            "I'm Sophia. I answer questions about the company's apartments, residents and deals, but I don't have you "
            "on the team yet. Your administrator can add you."
        )
    listed = "\n".join(f"- {question}" for question in examples)
    return (
        "I'm Sophia. Ask me in plain words, here or by mentioning me in a channel. For example:\n\n"
        f"{listed}\n\nBefore I change anything or write to anyone, I ask for approval."
    )
