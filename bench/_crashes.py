"""Kills a serving process again and again while people write to it, and counts what they see in the end."""

from __future__ import annotations

import asyncio
import random
import signal
import socket
import sys
import time
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from app.sandbox.slack.client import SlackDriver
from app.sandbox.slack.config import SandboxConfig
from app.sandbox.slack.running import LocalSlack

ROOT = Path(__file__).resolve().parents[1]
PEOPLE = ("jen", "luis", "mike", "sarah", "tom", "rachel", "ben", "angela")


@dataclass(frozen=True)
class Outcome:
    """asked: messages that Slack got an acknowledgement for. lost, doubled: of those, answers missing and answers too
    many. unacknowledged: never taken, so Slack's retries ran out; not Sophia's to answer."""

    kills: int
    asked: int
    lost: int
    doubled: int
    unacknowledged: int
    seconds: float


class Process:
    """The serving process: start, kill, start again."""

    def __init__(self, folder: Path, slack_api: str, port: int, thinking: float, *, intake_only: bool = False) -> None:
        self._port = port
        self._command = [
            *(sys.executable, "-m", "bench._intake_server", "--port", str(port), "--slack", slack_api),
            *("--database", f"sqlite+aiosqlite:///{folder}/app.db", "--system", f"sqlite:///{folder}/runs.db"),
            *("--thinking", str(thinking)),
            *(["--intake-only"] if intake_only else []),
        ]
        self._running: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Start it and wait until it takes traffic."""
        self._running = await asyncio.create_subprocess_exec(*self._command, cwd=ROOT)
        deadline = time.monotonic() + 90
        async with httpx.AsyncClient(trust_env=False) as client:
            while time.monotonic() < deadline:
                try:
                    if (await client.get(f"http://127.0.0.1:{self._port}/readyz")).status_code == 200:
                        return
                except httpx.HTTPError:
                    pass
                if self._running.returncode is not None:
                    raise RuntimeError(f"the process ended by itself with {self._running.returncode}")
                await asyncio.sleep(0.05)
        raise TimeoutError("the process did not start within 90 s")

    async def stop(self, how: signal.Signals) -> None:
        """Send it a signal and wait until it is gone."""
        if self._running is not None and self._running.returncode is None:
            self._running.send_signal(how)
            await self._running.wait()


async def crash(folder: Path, kills: int, *, seed: int = 1, per_second: float = 6.0, alive: float = 2.5) -> Outcome:
    """`kills` times kill -9 under load; then quiet, until everything acknowledged is answered or nothing moves."""
    dice = random.Random(seed)
    port = free_port()
    config = SandboxConfig(
        delivery="http",
        request_url=f"http://127.0.0.1:{port}/slack/events",
        rate_multiplier=None,
        retry_delays=(0.2, 2.0, 6.0, 12.0, 20.0),
    )
    began = time.monotonic()
    async with LocalSlack(config) as slack, SlackDriver(slack.url) as people:
        slack.workspace.courier.log = deque()  # all of it, not the latest
        process = Process(folder, slack.api_url, port, thinking=0.4)
        try:
            await process.start()
            stop_writing = asyncio.Event()
            writing = asyncio.create_task(_write(people, per_second, stop_writing))
            for _ in range(kills):
                await asyncio.sleep(alive * (0.3 + dice.random()))
                await process.stop(signal.SIGKILL)
                await process.start()
            await asyncio.sleep(alive)
            stop_writing.set()
            written = await writing
            outcome = await _settled(people, slack, written)
            await process.stop(signal.SIGTERM)
        finally:
            await process.stop(signal.SIGKILL)
    lost, doubled, asked = outcome
    return Outcome(kills, asked, lost, doubled, len(written) - asked, time.monotonic() - began)


async def _write(people: SlackDriver, per_second: float, stop: asyncio.Event) -> dict[str, tuple[str, str]]:
    """Direct messages and mentions, until told to stop; returns who wrote where, by ts."""
    written: dict[str, tuple[str, str]] = {}
    number = 0
    while not stop.is_set():
        number += 1
        if number % 4 == 0:
            who, where, words = "luis", "#C07MAINTNC", f"<@U07SOPHIA01> question {number}"
        else:
            who, where, words = PEOPLE[number % len(PEOPLE)], "@Sophia", f"question {number}"
        with suppress(httpx.TransportError):  # what was not surely said is not counted
            written[await people.say(who, where, words)] = (who, where)
        await asyncio.sleep(1 / per_second)
    return written


async def _settled(people: SlackDriver, slack: LocalSlack, written: dict[str, tuple[str, str]]) -> tuple[int, int, int]:
    """Lost, doubled and asked, once everything is answered or nothing has moved for a while."""
    still, before = 0, -1
    while True:
        acknowledged = _acknowledged(slack) & written.keys()
        answers = await _answers(people, written)
        total = sum(answers.values())
        lost = [ts for ts in acknowledged if not answers[ts]]
        under_way = any(entry.state not in ("delivered", "failed") for entry in slack.workspace.courier.log)
        still = 0 if total != before or under_way else still + 1
        before = total
        if (not lost and still >= 3) or still >= 60:
            doubled = [ts for ts in written if answers[ts] > 1]
            return len(lost), len(doubled), len(acknowledged)
        await asyncio.sleep(2)


def _acknowledged(slack: LocalSlack) -> set[str]:
    """The ts of the messages of which at least one delivery was acknowledged."""
    return {
        str(entry.payload["event"].get("ts"))
        for entry in slack.workspace.courier.log
        if entry.state == "delivered" and "event" in entry.payload
    }


async def _answers(people: SlackDriver, written: dict[str, tuple[str, str]]) -> Counter[str]:
    """How many messages of Sophia's stand in each question's thread: whole ones, and pieces that a crash left."""
    answers: Counter[str] = Counter()
    for who, where in set(written.values()):
        for message in await people.messages(who, where):
            if message.get("bot_id") and not message.get("only_for"):
                answers[str(message.get("thread_ts"))] += max(1, message["text"].count("This is the answer"))
    return answers


def free_port() -> int:
    """A port on loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
