"""How many turns fit into one process: all of them waiting in the model at the same moment, then all answered.

Each turn passes the real graph, gate, audit and memory; its model says nothing until every turn has arrived there,
and then waits two seconds more. Short form 1,000 turns, long form 10,000. Goal: all answered, at most 2 GB.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import sys
import time
from typing import Any

from app.agent.limits import TurnLimits
from app.domain.answer import AnswerKind
from app.domain.turn import SilentProgress
from bench._goals import Figure, add_report_option, settled
from bench._turns_world import bench_agent

GOAL_MB = 2048
PATIENCE = 1800.0  # seconds; the machine may be slow and shared


async def measure(turns: int, wait_seconds: float) -> dict[str, Any]:
    """Answered turns, seconds, and the memory at its peak."""
    everybody_waits = asyncio.Event()
    arrived = waiting = most_waiting = 0

    async def wait() -> None:
        nonlocal arrived, waiting, most_waiting
        arrived += 1
        waiting += 1
        most_waiting = max(most_waiting, waiting)
        if arrived >= turns:
            everybody_waits.set()
        await everybody_waits.wait()
        await asyncio.sleep(wait_seconds)
        waiting -= 1

    limits = TurnLimits(seconds=PATIENCE)
    async with bench_agent(wait, tool_seconds=0.0, limits=limits) as bench:
        began = time.perf_counter()
        runs = [asyncio.create_task(bench.agent.run(bench.turn(number), SilentProgress())) for number in range(turns)]
        await everybody_waits.wait()
        gathered = time.perf_counter() - began
        answers = await asyncio.gather(*runs)
        wall = time.perf_counter() - began
    kinds = [answer.kind for answer in answers]
    return {
        "turns": turns,
        "answered": sum(kind is AnswerKind.ANSWER for kind in kinds),
        "most_waiting_at_once": most_waiting,
        "seconds_until_all_waited": round(gathered, 1),
        "seconds_in_all": round(wall, 1),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.turns", description=__doc__)
    parser.add_argument("--turns", type=int, default=0)
    parser.add_argument("--wait", type=float, default=2.0, help="seconds of each model call")
    parser.add_argument("--long", action="store_true", help="10,000 turns")
    add_report_option(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    given = parser.parse_args()
    turns = given.turns or (10_000 if given.long else 1_000)
    figures = asyncio.run(measure(turns, given.wait))
    if given.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name.replace('_', ' '):26} {value:,}")
        print(f"goal: all answered, at most {GOAL_MB:,} MB")
    return settled(
        [
            Figure("turns waiting at once that were answered", figures["answered"], turns, best="high"),
            Figure("memory with that many turns", figures["peak_memory_mb"], GOAL_MB, "MB"),
        ],
        given.report,
    )


if __name__ == "__main__":
    sys.exit(main())
