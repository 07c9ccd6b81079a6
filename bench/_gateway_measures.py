"""Measures one way to a model against the upstream, in a process of its own; prints one JSON object.

    python -m bench._gateway_measures <who> <address of the upstream> speed|faults

Everybody runs on uvloop with the collector settled alike. A failure is measured on a client that worked before.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import socket
import statistics
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from pathlib import Path
from typing import Any

from bench._gateway_callers import Caller, LiteLlm, Make, maker
from bench._model_upstream import TEXT, USAGE

CALLS, AT_ONCE, EACH = 150, 128, 6
PATIENCE = 8.0  # seconds a failing call is waited for
BUDGET_SECONDS = 20.0  # for all of one fault's calls
FAULTS = ("status-500", "status-503", "status-429", "status-429-30", "refused", "page", "error")
CALLERS = 1_000
CALLS_PAID = 50  # what the budget of the thousand callers is enough for
COST = USAGE["cost"]


class Bench:
    """One measured client and the upstream it is pointed to."""

    def __init__(self, who: str, make: Make, upstream: str) -> None:
        self.who = who
        self.make = make
        self.upstream = upstream
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._nobody = f"http://127.0.0.1:{free.getsockname()[1]}/v1"

    def client(self, *, refused: bool = False) -> Caller:
        primary = self._nobody if refused else f"{self.upstream}/primary/v1"
        return self.make(primary, f"{self.upstream}/backup/v1")

    async def tell(self, behaviour: str) -> None:
        """How the primary behaves from now on."""
        await asyncio.to_thread(_fetched, f"{self.upstream}/set/primary/{behaviour}", b"")

    async def counts(self) -> dict[str, int]:
        return await asyncio.to_thread(_fetched, f"{self.upstream}/counts", None)


def _fetched(url: str, data: bytes | None) -> Any:
    with urllib.request.urlopen(url, data=data, timeout=10) as answer:
        return json.loads(answer.read())


async def streamed(client: Caller) -> tuple[str, float]:
    """The whole text and the milliseconds to its first piece."""
    began, first, text = time.perf_counter(), 0.0, ""
    async with aclosing(client.stream()) as pieces:  # pyright: ignore[reportArgumentType]
        async for piece in pieces:
            first = first or (time.perf_counter() - began) * 1000
            text += piece
    return text, first


def cpu_now() -> float:
    """Seconds of this process, and of a gateway's process that stands between."""
    gateway = os.environ.get("PORTKEY_PID")
    if not gateway:
        return time.process_time()
    fields = Path(f"/proc/{gateway}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def speed(bench: Bench) -> dict[str, float]:
    """Milliseconds of a streamed and of a whole call, and calls a second with 128 at once."""
    client = bench.client()

    async def one() -> str:
        return (await streamed(client))[0]

    found: dict[str, float] = {}
    for name, call in (("stream", one), ("whole", client.ask)):
        await _settled(call)
        began, times = cpu_now(), []
        for _ in range(CALLS):
            at = time.perf_counter()
            await call()
            times.append((time.perf_counter() - at) * 1000)
        found[f"{name}_cpu"] = (cpu_now() - began) / CALLS * 1000
        found[f"{name}_p50"] = statistics.median(times)
    firsts = [(await streamed(client))[1] for _ in range(CALLS)]
    found["first"] = statistics.median(firsts)

    async def worker() -> None:
        for _ in range(EACH):
            assert await one() == TEXT

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(AT_ONCE)))
    found["at_once"] = AT_ONCE * EACH / (time.perf_counter() - began)
    await client.close()
    return found


async def _settled(call: Callable[[], Awaitable[str]]) -> None:
    for _ in range(20):
        assert await call() == TEXT
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


async def failover(bench: Bench) -> dict[str, Any]:
    """Milliseconds of calls whose primary begins to fail, by fault; None for a call that was not answered in time."""
    found: dict[str, Any] = {}
    for fault in FAULTS:
        times: list[float | None] = []
        until = time.perf_counter() + BUDGET_SECONDS
        while len(times) < 30 and time.perf_counter() < until:
            await bench.tell("ok")
            client = bench.client(refused=fault == "refused")
            await _try(client)
            await bench.tell(fault)
            times += [await _try(client) for _ in range(3)]
            await client.close()
        found[fault] = times
    return found


async def _try(client: Caller) -> float | None:
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE):
            text, _ = await streamed(client)
    except Exception:
        return None
    return (time.perf_counter() - began) * 1000 if text == TEXT else None


async def dead_primary(bench: Bench) -> float:
    """Requests to a primary that is dead for good, per call."""
    await bench.tell("status-500")
    client, before = bench.client(), (await bench.counts()).get("primary", 0)
    until, calls = time.perf_counter() + BUDGET_SECONDS, 0
    while calls < 1000 and time.perf_counter() < until:
        await _try(client)
        calls += 1
    await client.close()
    return ((await bench.counts()).get("primary", 0) - before) / calls


async def hang(bench: Bench) -> float | None:
    """Seconds until a call is answered whose primary, known for 25 calls, says nothing; None when it takes too long."""
    await bench.tell("ok")
    client = bench.client()
    for _ in range(25):
        await streamed(client)
    await bench.tell("hang")
    took = [await _try(client) for _ in range(2)]  # two in a row are enough for a breaker
    await client.close()
    return None if None in took else min(one for one in took if one is not None) / 1000


async def cuts(bench: Bench) -> dict[str, Any]:
    """A break after every character of the answer, in three manners. What came of it, and the longest silence at a
    break in milliseconds."""
    kinds = ("cut", "end", "mid")
    points = [(kind, size) for size in range(len(TEXT)) for kind in kinds]
    tested, whole, honest, silent, doubled = 0, 0, 0, 0, 0
    gaps: list[float] = []
    until = time.perf_counter() + 3 * BUDGET_SECONDS
    step = 7 if bench.who == "litellm" else 1  # it takes seconds for each
    client = bench.client()
    for kind, size in points[::step]:
        if time.perf_counter() > until:
            break
        await bench.tell("ok")
        for _ in range(2):  # one break in three: no breaker opens
            await streamed(client)
        await bench.tell(f"{kind}-{size}")
        text, last, longest, failed = "", time.perf_counter(), 0.0, False
        try:
            async with asyncio.timeout(PATIENCE), aclosing(client.stream()) as pieces:  # pyright: ignore[reportArgumentType]
                async for piece in pieces:
                    now = time.perf_counter()
                    longest, last = max(longest, now - last), now
                    text += piece
        except Exception:
            failed = True
        tested += 1
        whole += text == TEXT and not failed
        honest += failed
        doubled += len(text) > len(TEXT)
        silent += not failed and text != TEXT
        gaps.append(longest * 1000)
    await client.close()
    return {"tested": tested, "whole": whole, "error": honest, "silent": silent, "doubled": doubled,
            "gap_p50": statistics.median(gaps), "gap_p99": sorted(gaps)[int(len(gaps) * 0.99)]}  # fmt: skip


async def overshoot(bench: Bench, make: Make | None) -> float | None:
    """What a thousand callers at once spent above their budget, as a share of it; None where there are no budgets."""
    if make is None:
        return None
    await bench.tell("ok")
    client = make(f"{bench.upstream}/paid/v1", f"{bench.upstream}/paid/v1")
    await asyncio.gather(*(_try(client) for _ in range(CALLERS)))
    await client.close()
    spent = (await bench.counts()).get("paid", 0)
    return max(0.0, spent / CALLS_PAID - 1)


async def measured(who: str, upstream: str, what: str) -> dict[str, Any]:
    if who == "sophia":
        from bench import _gateway_sophia

        async with _gateway_sophia.house() as house:
            bench = Bench(who, house.make, upstream)
            if what == "speed":
                own = await _gateway_sophia.own_cpu(house.ledger(), CALLS * 2)
                return {**await speed(bench), "own_cpu": own}
            limit = round(CALLS_PAID * COST * 1_000_000)
            paid = lambda primary, backup: _gateway_sophia.Sophia(primary, backup, house.ledger(limit))  # noqa: E731
            found = await faults(bench, paid)
            found["hedged"] = await _gateway_sophia.hedged(house, bench, found["good_first"])
            return {**found, "cost": await _gateway_sophia.cost_error(house, bench.client())}
    bench = Bench(who, maker(who), upstream)
    if what == "speed":
        return {**await speed(bench)}
    if who != "litellm":
        return await faults(bench, None)
    found = await faults(bench, lambda primary, backup: LiteLlm(primary, backup, budget=CALLS_PAID * COST))
    await bench.tell("ok")
    client = bench.client()
    assert isinstance(client, LiteLlm)
    return {**found, "cost": abs(await client.streamed_cost() / COST - 1)}


async def faults(bench: Bench, paid: Make | None) -> dict[str, Any]:
    await bench.tell("ok")
    client = bench.client()
    backup = statistics.median([await _try(client) or 0.0 for _ in range(50)])
    first = statistics.median([(await streamed(client))[1] for _ in range(50)])
    await client.close()
    return {
        "good": backup,
        "good_first": first,
        "failover": await failover(bench),
        "dead_primary": await dead_primary(bench),
        "hang": await hang(bench),
        "cuts": await cuts(bench),
        "overshoot": await overshoot(bench, paid),
    }


def main() -> int:
    import logging

    import uvloop

    logging.disable(logging.CRITICAL)
    if sys.argv[1] == "sophia":
        import structlog

        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    print(json.dumps(uvloop.run(measured(*sys.argv[1:4]))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
