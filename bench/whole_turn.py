"""A turn's overhead over its whole way: from the signed event at the HTTP door to the last Slack call that makes the
answer whole, through intake, durable run, agent, a real model SDK, gate, a real read of the demo portfolio, and Slack.

Overhead = that time minus the seconds the model waits. Everything else counts, the read too. Sophia runs alone in her
process; Slack, the model and the people stand in another, and 50 people ask again as soon as they are answered.
Goals on two cores: p50 ≤ 25 ms, p95 ≤ 100 ms.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import shutil
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from random import Random

import aiohttp
from aiohttp import web

from app.db.engine import Database
from app.domain.principal import Role
from app.security.people import Member, upsert_people
from bench._crashes import free_port
from bench._goals import Figure, add_report_option, settled
from bench._outside import Outside
from bench._portfolios import WORKSPACE, prepared
from bench._whole_server import SIGNING_SECRET

GOAL_P50, GOAL_P95 = 25.0, 100.0  # ms
MODEL_CALLS = 2
ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Figures:
    """Milliseconds; `cpu` is the measured process's alone, for one turn."""

    turns: int
    p50: float
    p95: float
    longest: float
    cpu: float
    turns_a_second: float
    slack_calls: float


async def measure(portfolio: Path, at_once: int, each: int, model_seconds: float) -> Figures:
    """Raises TimeoutError when a turn is not answered within a minute."""
    with tempfile.TemporaryDirectory(prefix="sophia-bench-") as name:
        folder = Path(name)
        await asyncio.to_thread(shutil.copy, portfolio, folder / "sophia.db")
        await _add_people(folder, at_once * (each + 1))
        outside = Outside(WORKSPACE, model_seconds)
        runner = web.AppRunner(outside.app(), access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        address = runner.addresses[0]
        port = free_port()
        sophia = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bench._whole_server", "--folder", name, "--port", str(port),
            "--outside", f"http://127.0.0.1:{address[1]}", cwd=ROOT,
        )  # fmt: skip
        try:
            async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as session:
                await _ready(session, sophia)
                return await _measured(session, outside, at_once, each, model_seconds)
        finally:
            if sophia.returncode is None:
                sophia.terminate()
                await sophia.wait()
            await runner.cleanup()


async def _measured(
    session: aiohttp.ClientSession, outside: Outside, at_once: int, each: int, model_seconds: float
) -> Figures:
    overheads: list[float] = []

    async def person(worker: int) -> None:
        await asyncio.sleep(Random(worker).uniform(0, MODEL_CALLS * model_seconds))
        for number in range(each):
            spent = await _ask(session, outside, worker * each + number)
            overheads.append((spent - MODEL_CALLS * model_seconds) * 1000)

    first = at_once * each
    await _ask(session, outside, first)  # imports, caches
    await asyncio.gather(*(_ask(session, outside, first + number) for number in range(1, at_once)))  # connections
    outside.calls.clear()
    cpu, began = await _cpu(session), time.perf_counter()
    await asyncio.gather(*(person(worker) for worker in range(at_once)))
    wall, cpu = time.perf_counter() - began, await _cpu(session) - cpu
    ordered, turns = sorted(overheads), at_once * each
    if outside.calls["model"] != MODEL_CALLS * turns:
        raise RuntimeError(f"{turns} turns asked the model {outside.calls['model']} times")
    return Figures(
        turns=turns,
        p50=statistics.median(ordered),
        p95=ordered[int(len(ordered) * 0.95)],
        longest=ordered[-1],
        cpu=cpu / turns * 1000,
        turns_a_second=turns / wall,
        slack_calls=sum(count for call, count in outside.calls.items() if call != "model") / turns,
    )


async def _ask(session: aiohttp.ClientSession, outside: Outside, number: int) -> float:
    """Seconds until the answer was whole."""
    channel = f"D{number:08d}"
    event = {
        "type": "message", "channel_type": "im", "channel": channel, "user": f"UBENCH{number}",
        "text": "What is the occupancy at Maple Grove?", "ts": f"1700000000.{number:06d}",
    }  # fmt: skip
    body = {"type": "event_callback", "team_id": WORKSPACE, "event_id": f"Ev{number:08d}", "event": event}
    ended = outside.expect(channel)
    began = time.perf_counter()
    raw = json.dumps(body).encode()
    async with session.post("/slack/events", data=raw, headers=_signed(raw)) as response:
        if response.status != 200:
            raise RuntimeError(f"answered with {response.status}")
    async with asyncio.timeout(60):
        return await ended - began


def _signed(body: bytes) -> dict[str, str]:
    timestamp = str(int(time.time()))
    digest = hmac.new(SIGNING_SECRET.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": f"v0={digest}",
    }


async def _cpu(session: aiohttp.ClientSession) -> float:
    """CPU seconds of Sophia's process so far, as she reports them herself."""
    async with session.get("/metrics") as response:
        for line in (await response.text()).splitlines():
            if line.startswith("process_cpu_seconds_total"):
                return float(line.split()[-1])
    raise LookupError("no process_cpu_seconds_total in /metrics")


async def _ready(session: aiohttp.ClientSession, sophia: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(90):
        while True:
            try:
                async with session.get("/readyz") as response:
                    if response.status == 200:
                        return
            except aiohttp.ClientError:
                if sophia.returncode is not None:
                    raise RuntimeError(f"Sophia ended by herself with {sophia.returncode}") from None
            await asyncio.sleep(0.05)


async def _add_people(folder: Path, count: int) -> None:
    db = Database(f"sqlite+aiosqlite:///{folder}/sophia.db")
    roles = frozenset({Role.PROPERTY_MANAGER})
    await upsert_people(
        db, WORKSPACE, [Member(f"UBENCH{number}", f"Person {number}", roles) for number in range(count)]
    )
    await db.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.whole_turn", description=__doc__)
    parser.add_argument("--at-once", type=int, default=50)
    parser.add_argument("--each", type=int, default=6, help="turns of each person; 600 a minute is a workspace's limit")
    parser.add_argument("--model-seconds", type=float, default=0.8, help="of each of the two model calls")
    parser.add_argument("--long", action="store_true", help="more turns")
    add_report_option(parser)
    given = parser.parse_args()
    each = 10 if given.long else given.each
    figures = asyncio.run(measure(prepared(1), given.at_once, each, given.model_seconds))
    print(
        f"{figures.turns} whole turns, {given.at_once} at once: "
        f"overhead p50 {figures.p50:.1f} ms (goal {GOAL_P50:g}), p95 {figures.p95:.1f} ms (goal {GOAL_P95:g}); "
        f"{figures.cpu:.1f} ms CPU and {figures.slack_calls:.1f} Slack calls a turn, "
        f"{figures.turns_a_second:.1f} turns/s"
    )
    return settled(
        [
            Figure("overhead of a turn on its whole way, p50", figures.p50, GOAL_P50, "ms"),
            Figure("overhead of a turn on its whole way, p95", figures.p95, GOAL_P95, "ms"),
            Figure("CPU of a turn on its whole way", figures.cpu, None, "ms"),
        ],
        given.report,
    )


if __name__ == "__main__":
    sys.exit(main())
