"""Intake: how fast signed events are stored and acknowledged over HTTP, and what 20 × kill -9 under load leaves behind.

Goals: 500 events/s or more with p99 under 500 ms at 100 clients; nothing lost, nothing doubled. The short form sends
4,000 events and kills 3 times; `--long` sends 20,000 and kills 20 times. Clients and server share this machine.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import hmac
import json
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from sqlalchemy import func, select

from app.db.engine import Database
from app.db.models.runtime import IntakeEntry
from bench._crashes import Process, crash, free_port
from bench._goals import Figure, add_report_option, settled
from bench._intake_server import SECRET

CLIENTS = 100
GOAL_PER_SECOND, GOAL_P99_MS = 500, 500


@dataclass(frozen=True)
class Speed:
    """events per second, and milliseconds."""

    per_second: float
    p50: float
    p99: float
    longest: float
    stored: int


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.intake", description=__doc__)
    parser.add_argument("--long", action="store_true", help="20,000 events, 20 kills")
    parser.add_argument("--kills", type=int)
    parser.add_argument("--events", type=int)
    add_report_option(parser)
    options = parser.parse_args()
    events = options.events if options.events is not None else 20_000 if options.long else 4_000
    kills = options.kills if options.kills is not None else 20 if options.long else 3
    figures: list[Figure] = []
    if events:
        speed = asyncio.run(measure(events))
        print(
            f"{events:,} signed events from {CLIENTS} clients: {speed.per_second:,.0f}/s acknowledged, "
            f"p50 {speed.p50:.0f} ms, p99 {speed.p99:.0f} ms, longest {speed.longest:.0f} ms, {speed.stored:,} stored"
        )
        figures += [
            Figure("signed events acknowledged a second", speed.per_second, GOAL_PER_SECOND, best="high"),
            Figure("acknowledgement, p99", speed.p99, GOAL_P99_MS, "ms"),
            Figure("of these events stored", speed.stored, events, best="high"),
        ]
    if kills:
        with tempfile.TemporaryDirectory() as folder:
            left = asyncio.run(crash(Path(folder), kills))
        print(
            f"{left.kills} × kill -9 under load: {left.asked} messages acknowledged, lost {left.lost}, doubled "
            f"{left.doubled} ({left.unacknowledged} never acknowledged while Slack tried; {left.seconds:.0f} s)"
        )
        figures += [
            Figure(f"answers lost in {left.kills} × kill -9", left.lost, 0),
            Figure(f"answers doubled in {left.kills} × kill -9", left.doubled, 0),
        ]
    return settled(figures, options.report)


async def measure(events: int) -> Speed:
    """Send `events` different signed events from 100 clients at once to a web process on SQLite."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        port = free_port()
        process = Process(folder, "http://127.0.0.1:9/api/", port, thinking=0.0, intake_only=True)
        await process.start()
        numbers = iter(range(events))
        taken: list[float] = []
        limits = aiohttp.TCPConnector(limit=CLIENTS)
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=limits) as session:
            began = time.perf_counter()
            await asyncio.gather(*(_client(session, numbers, taken) for _ in range(CLIENTS)))
            seconds = time.perf_counter() - began
        await process.stop(signal.SIGTERM)
        db = Database(f"sqlite+aiosqlite:///{folder}/app.db")
        async with db.reading() as reading:
            stored = await reading.scalar(select(func.count()).select_from(IntakeEntry)) or 0
        await db.close()
    percentiles = statistics.quantiles(taken, n=100, method="inclusive")
    return Speed(events / seconds, percentiles[49] * 1e3, percentiles[98] * 1e3, max(taken) * 1e3, stored)


async def _client(session: aiohttp.ClientSession, numbers: Iterator[int], taken: list[float]) -> None:
    for number in numbers:
        body = _event(number)
        headers = _signed(body)
        began = time.perf_counter()
        async with session.post("/slack/events", data=body, headers=headers) as response:
            await response.read()
            taken.append(time.perf_counter() - began)
            if response.status != 200:
                raise RuntimeError(f"answered with {response.status}")


def _event(number: int) -> bytes:
    event = {
        "type": "message",
        "channel_type": "im",
        "channel": f"D{number % 500:08d}",
        "user": f"U{number % 500:08d}",
        "text": f"question {number}",
        "ts": f"1700000000.{number:06d}",
    }
    body = {"type": "event_callback", "team_id": "T07HEARTH1", "event_id": f"Ev{number:08d}", "event": event}
    return json.dumps(body).encode()


def _signed(body: bytes) -> dict[str, str]:
    timestamp = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {
        "content-type": "application/json",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": f"v0={digest}",
    }


if __name__ == "__main__":
    sys.exit(main())
