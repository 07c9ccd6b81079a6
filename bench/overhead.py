"""What a turn costs besides its model and its tool: 50 turns at a time, each with two model calls and one tool call.

Overhead = the turn's wall time minus the seconds the model and the tool were asked to take; waiting for the event
loop counts as overhead. Goals on two cores: p50 ≤ 25 ms, p95 ≤ 100 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import sys
import time
from typing import Any

from app.agent.limits import TurnLimits
from app.domain.answer import AnswerKind
from app.domain.turn import SilentProgress
from bench._goals import Figure, add_report_option, settled
from bench._turns_world import bench_agent

GOAL_P50, GOAL_P95 = 25.0, 100.0  # ms


async def measure(at_once: int, each: int, model_seconds: float, tool_seconds: float) -> dict[str, Any]:
    """Figures in milliseconds; raises AssertionError when a turn is not answered as it should be."""
    overheads: list[float] = []

    async def wait() -> None:
        await asyncio.sleep(model_seconds)

    async with bench_agent(wait, tool_seconds=tool_seconds, limits=TurnLimits()) as bench:

        async def one_after_the_other(worker: int) -> None:
            await asyncio.sleep(random.Random(worker).uniform(0, 2 * model_seconds + tool_seconds))
            for number in range(each):
                began = time.perf_counter()
                answer = await bench.agent.run(bench.turn(worker * each + number), SilentProgress())
                spent = time.perf_counter() - began
                assert answer.kind is AnswerKind.ANSWER, answer
                assert len(answer.tables) == 1
                overheads.append((spent - 2 * model_seconds - tool_seconds) * 1000)

        await bench.agent.run(bench.turn(10**9), SilentProgress())  # imports, caches, the first connection
        cpu, began = time.process_time(), time.perf_counter()
        await asyncio.gather(*(one_after_the_other(worker) for worker in range(at_once)))
        turns = at_once * each
        cpu, wall = time.process_time() - cpu, time.perf_counter() - began
    ordered = sorted(overheads)
    return {
        "turns": turns,
        "at_once": at_once,
        "model_ms_each_call": model_seconds * 1000,
        "overhead_ms_p50": round(statistics.median(ordered), 1),
        "overhead_ms_p95": round(ordered[int(len(ordered) * 0.95)], 1),
        "overhead_ms_max": round(ordered[-1], 1),
        "cpu_ms_a_turn": round(cpu / turns * 1000, 1),
        "turns_per_second": round(turns / wall, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.overhead", description=__doc__)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--each", type=int, default=0, help="turns of each worker")
    parser.add_argument("--model-seconds", type=float, default=0.8, help="of each of the two model calls")
    parser.add_argument("--tool-seconds", type=float, default=0.02)
    parser.add_argument("--long", action="store_true", help="more turns")
    add_report_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    given = parser.parse_args()
    each = given.each or (20 if given.long else 6)
    figures = asyncio.run(measure(given.at_once, each, given.model_seconds, given.tool_seconds))
    if given.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name.replace('_', ' '):24} {value}")
        print(f"goals: p50 ≤ {GOAL_P50:g} ms, p95 ≤ {GOAL_P95:g} ms")
    return settled(
        [
            Figure("overhead of a turn of the agent, p50", figures["overhead_ms_p50"], GOAL_P50, "ms"),
            Figure("overhead of a turn of the agent, p95", figures["overhead_ms_p95"], GOAL_P95, "ms"),
            Figure("CPU of a turn of the agent", figures["cpu_ms_a_turn"], None, "ms"),
        ],
        given.report,
    )


if __name__ == "__main__":
    sys.exit(main())
