"""How fast the reading tools answer over the demo portfolio, and with `--long` over one 100 times as large; on SQLite,
and with `--postgres` on a PostgreSQL that is made for it.

Each question is asked many times in a row on one connection pool; the first time is not counted. A question is a
name and a coroutine to time, so anything that reads can be added to `questions`.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

from app.db.engine import Database
from app.domain.clock import FixedClock, RandomIds
from app.domain.errors import SophiaError
from app.portfolio.names import NameBook
from app.tools.core.registry import AnyTool
from app.tools.core.services import Services
from app.tools.core.tool import Tool, ToolContext
from bench._goals import Figure, add_report_option, settled
from bench._portfolios import ADMIN, NOW, on_postgres, prepared

GOAL_MS = 200.0

# tool and arguments, as people ask
ASKED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("search_available_units", {"bedrooms": 2, "max_rent": 1800}),
    ("search_available_units", {"property": "Maple Grove", "bedrooms": 2}),
    ("get_unit_details", {"property": "Parkview Tower", "unit": "12B"}),
    ("get_rent_roll", {"property": "Cedar Ridge", "as_of_date": "2026-02-28"}),
    ("get_occupancy", {}),
    ("get_occupancy", {"as_of_date": "2025-12-31"}),
    ("get_occupancy", {"property": "Riverside Lofts"}),
    ("list_lease_expirations", {"start_date": "2026-03-18", "end_date": "2026-05-17"}),
    ("list_lease_expirations", {"property": "Oakwood Terrace", "start_date": "2026-04-01", "end_date": "2026-04-30"}),
    ("get_lease_details", {"resident": "Priya Patel"}),
    ("list_move_events", {"event_type": "move_out", "start_date": "2026-04-01", "end_date": "2026-04-30"}),
    ("list_tours", {"start_date": "2026-03-18", "end_date": "2026-03-18"}),
    ("list_guest_cards", {}),
    ("list_guest_cards", {"property": "Stonegate", "start_date": "2026-03-01", "end_date": "2026-03-31"}),
    ("get_market_comps", {"property": "Harbor Point", "bedrooms": 2}),
    ("lookup_resident", {"name": "Linda Nguyen"}),
    ("lookup_resident", {"name": "Linda Nguyenn"}),
    ("lookup_resident", {"phone": "512-555-0143"}),
    ("list_delinquent_residents", {"min_days_late": 30}),
    ("list_delinquent_residents", {"property": "Sunset Villas"}),
    ("get_resident_ledger", {"resident": "Tyrone Banks"}),
    ("list_work_orders", {"priority": "emergency"}),
    ("list_work_orders", {"property": "Maple Grove", "status": "open"}),
    ("get_work_order", {"work_order_id": "WO-1042"}),
    ("list_vendors", {"category": "plumbing"}),
    ("list_vendors", {}),
    ("search_deals", {"owner": "Sarah", "min_amount": 1_000_000}),
    ("search_contacts", {"role": "CFO"}),
    ("search_call_transcripts", {"query": "cap rates", "contact": "Dana Whitman"}),
    ("get_kpi", {"metric": "noi", "start_date": "2025-10-01", "end_date": "2025-12-31"}),
    ("get_kpi", {"metric": "delinquency_rate"}),
    ("get_kpi", {"metric": "renewal_rate", "start_date": "2025-01-01", "end_date": "2025-12-31"}),
    ("get_kpi", {"metric": "average_rent"}),
    ("compare_properties", {"metric": "noi", "properties": ["Parkview Tower", "Stonegate"]}),
    ("compare_properties", {"metric": "occupancy", "properties": ["Maple Grove", "Oakwood Terrace"]}),
    ("get_budget_variance", {"start_date": "2026-01-01", "end_date": "2026-03-31"}),
    ("list_invoices", {"status": "overdue"}),
    ("list_invoices", {"vendor": "AceFlow Plumbing", "status": "unpaid"}),
    ("list_tasks", {"status": "overdue"}),
    ("get_usage_report", {}),
    ("list_work_orders", {"status": "completed"}),
    ("list_work_orders", {}),
    ("list_invoices", {}),
    ("list_invoices", {"status": "paid"}),
    ("get_budget_variance", {"property": "Magnolia Place"}),
    ("get_kpi", {"metric": "turnover_cost", "start_date": "2025-03-01", "end_date": "2026-02-28"}),
    ("get_kpi", {"metric": "renewal_rate", "start_date": "2026-01-01", "end_date": "2026-03-18"}),
    ("get_kpi", {"metric": "delinquency_rate", "start_date": "2025-03-01", "end_date": "2026-03-18"}),
    ("compare_properties", {"metric": "delinquency_rate", "properties": ["Maple Grove", "Oakwood Terrace"]}),
    ("list_move_events", {"event_type": "move_in"}),
    ("search_available_units", {}),
)

Question = tuple[str, Callable[[], Awaitable[object]]]


@dataclass(frozen=True)
class Timing:
    name: str
    milliseconds: tuple[float, ...]

    def at(self, percent: int) -> float:
        if len(self.milliseconds) < 2:
            return max(self.milliseconds)
        return statistics.quantiles(self.milliseconds, n=100, method="inclusive")[percent - 1]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.reads", description=__doc__)
    parser.add_argument("--long", action="store_true", help="also over the portfolio 100 times as large")
    parser.add_argument("--times", type=int, help="over one this many times as large instead")
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL; filling it takes longer than SQLite")
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--only", default="", help="only questions whose name holds this")
    add_report_option(parser)
    options = parser.parse_args()
    figures: list[Figure] = []
    where = "PostgreSQL" if options.postgres else "SQLite"
    for times in [options.times] if options.times else [1, 100] if options.long else [1]:
        with on_postgres(times) if options.postgres else nullcontext(_sqlite(times)) as url:
            print(f"\n{times} × demo portfolio on {where}")
            timings = asyncio.run(measure(url, options.rounds, options.only))
        print(table(timings))
        slowest = max(one.at(95) for one in timings)
        figures.append(Figure(f"slowest read's p95, {times} × demo portfolio, {where}", slowest, GOAL_MS, "ms"))
    return settled(figures, options.report)


def _sqlite(times: int) -> str:
    return f"sqlite+aiosqlite:///{prepared(times)}"


async def measure(url: str, rounds: int, only: str) -> list[Timing]:
    """Each question's times, one question after the other."""
    db = Database(url)
    timings = [await timed(name, ask, rounds) for name, ask in questions(db) if only in name]
    await db.close()
    return timings


async def timed(name: str, ask: Callable[[], Awaitable[object]], rounds: int) -> Timing:
    """How long a question takes; asked once before to warm up."""
    await ask()
    taken: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        await ask()
        taken.append((time.perf_counter() - began) * 1000)
    return Timing(name, tuple(taken))


def questions(db: Database) -> list[Question]:
    """Everything to time on one database."""
    nobody: Any = None  # these tools reach no services; how documents are found is measured by bench.knowledge
    services = Services(messages=nobody, systems=nobody, documents=nobody)
    context = ToolContext(ADMIN, FixedClock(NOW), RandomIds(), db, services)
    book = NameBook(db)
    return [
        ("names, kept", lambda: book.names(ADMIN, context.clock)),
        ("names, read anew", lambda: NameBook(db).names(ADMIN, context.clock)),
        *(
            (f"{name} {_short(given)}", lambda tool=tool, given=given: _ask(tool, context, given))
            for name, given in ASKED
            if (tool := _tool(name)) is not None
        ),
    ]


def _tool(name: str) -> AnyTool | None:
    tool = getattr(importlib.import_module(f"app.tools.{name}"), "TOOL", None)
    return tool if isinstance(tool, Tool) else None


async def _ask(tool: AnyTool, context: ToolContext, given: dict[str, Any]) -> object:
    args = tool.args.model_validate(given)
    try:
        return tool.present(args, await tool.run(context, args))
    except SophiaError as answer:  # "which one do you mean?" is an answer too, and costs what it costs
        return answer


def _short(given: dict[str, Any]) -> str:
    return " ".join(str(value) for value in given.values())


def table(timings: list[Timing]) -> str:
    """One line a question, the slowest marked."""
    lines = [f"{'':58} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'of limit':>8}"]
    for one in timings:
        mark = "" if one.at(95) <= GOAL_MS else f"  over {GOAL_MS:.0f} ms"
        lines.append(
            f"{one.name[:58]:58} {one.at(50):8.1f} {one.at(95):8.1f} {max(one.milliseconds):8.1f} "
            f"{one.at(95) / GOAL_MS:8.2f}{mark}"
        )
    worst = max(one.at(95) for one in timings)
    lines.append(f"slowest p95: {worst:.1f} ms (goal {GOAL_MS:.0f} ms, ratio {worst / GOAL_MS:.2f})")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
