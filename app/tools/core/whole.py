"""The whole of a table that an answer carries only in part: the same call once more, with as many rows as a file takes.

The call goes through the gate like any other, so rights, budget and audit are those of now, not of the answer.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from app.domain.answer import Answer, Table
from app.domain.principal import Principal
from app.domain.tooling import Effect
from app.tools.core.outcomes import CallOrigin, Done, Outcome
from app.tools.core.registry import AnyTool
from app.tools.core.tool import ROWS_IN_A_FILE

GateCall = Callable[[Principal, str, dict[str, Any], CallOrigin], Awaitable[Outcome]]


async def whole_table(
    answer: Answer,
    number: int,
    principal: Principal,
    origin: CallOrigin,
    *,
    gate: GateCall,
    tools: Mapping[str, AnyTool],
) -> Table:
    """Table `number` of an answer with all its rows, at most ROWS_IN_A_FILE. Where the call can't be repeated (a right
    was taken away, a system is down), the rows that the answer carries."""
    table = answer.tables[number]
    if len(table.rows) >= table.row_count:
        return table
    alike = sum(one.title == table.title for one in answer.tables[:number])  # "Invoices", once open and once paid
    for name, arguments in answer.calls:
        tool = tools.get(name)
        if tool is None or tool.effect is not Effect.READ:
            continue
        outcome = await gate(principal, name, dict(arguments), replace(origin, rows=ROWS_IN_A_FILE))
        if isinstance(outcome, Done) and (found := outcome.presentation.table) and found.title == table.title:
            if not alike:
                return found
            alike -= 1
    return table
