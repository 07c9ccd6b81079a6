"""Sophia's models beside their peers, on one upstream in one run: what a call costs, and what happens when it fails.

Peers: OpenAI's SDK, ChatOpenAI, LangChain's `with_fallbacks`, LiteLLM's Router, Portkey's gateway. The last two are set
up by `--set-up` in a cache folder and left out when they are not there. Each is measured in a process of its own; speed
in interleaved rounds, of which the best counts, because a shared machine only ever adds. Streams are compared with
streams: Sophia asks for nothing else, since only a stream can be left in time and continued.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import _gateway_peers as peers
from bench._goals import Figure, add_report_option, settled
from bench._model_upstream import TEXT

HERE = Path(__file__).parent.parent
NAMES = {
    "sophia": "Sophia",
    "litellm": "LiteLLM",
    "portkey": "Portkey",
    "with_fallbacks": "fallbacks",
    "chatopenai": "ChatOpenAI",
    "sdk": "SDK",
}
HIGHER_IS_BETTER = ("at_once",)
Found = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One line of the table: Sophia's figure has the goal; a peer's is None where it has none, or took too long."""

    what: str
    unit: str
    goal: float | None
    values: Mapping[str, float | None]
    best: str = "low"


@contextmanager
def upstream() -> Iterator[str]:
    """The address of the model's stand-in, in a process of its own."""
    command = [sys.executable, "-m", "bench._model_upstream"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HERE) as server:
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


def measured(who: str, what: str, address: str, python: Path, environment: Mapping[str, str]) -> dict[str, Any]:
    """What one measuring process found. Raises CalledProcessError when it ends badly."""
    command = [str(python), "-m", "bench._gateway_measures", who, address, what]
    ended = subprocess.run(
        command, cwd=HERE, env={**os.environ, **environment}, check=True, stdout=subprocess.PIPE, text=True
    )
    return dict(json.loads(ended.stdout.splitlines()[-1]))


def all_found(rounds: int, *, set_up: bool) -> Found:
    """Every figure of everybody who is there."""
    pythons = {name: Path(sys.executable) for name in NAMES}
    environments: dict[str, Mapping[str, str]] = {}
    found: Found = {name: {} for name in NAMES}
    with ExitStack() as stack:
        address = stack.enter_context(upstream())
        litellm, portkey = peers.litellm_python(set_up=set_up), peers.portkey_script(set_up=set_up)
        for name, there in (("litellm", litellm), ("portkey", portkey)):
            if isinstance(there, str):
                print(f"{NAMES[name]} is not measured: {there}", flush=True)
                del found[name]
        if isinstance(litellm, Path):
            pythons["litellm"] = litellm
        if isinstance(portkey, Path):
            environments["portkey"] = stack.enter_context(peers.portkey(portkey))
        for number in range(rounds):
            for name in found:
                print(f"speed {number + 1}/{rounds}: {NAMES[name]}", flush=True)
                once = measured(name, "speed", address, pythons[name], environments.get(name, {}))
                for figure, value in once.items():
                    best = max if figure in HIGHER_IS_BETTER else min
                    found[name][figure] = best(value, found[name].get(figure, value))
        for name in list(found):
            print(f"failures: {NAMES[name]}", flush=True)
            try:
                found[name] |= measured(name, "faults", address, pythons[name], environments.get(name, {}))
            except subprocess.CalledProcessError as failed:
                if name == "sophia":
                    raise
                print(f"{NAMES[name]} is left out: its measuring ended with {failed.returncode}", flush=True)
                del found[name]
    return found


def rows(found: Found) -> list[Row]:
    """The table's lines, from what was measured."""
    plain, sdk = found["chatopenai"], found["sdk"]

    def each(figure: Any) -> dict[str, float | None]:
        return {name: figure(of) for name, of in found.items()}

    def against(figure: str) -> dict[str, float | None]:
        return each(lambda of: of[figure] / plain[figure])

    under = {"with_fallbacks": plain, "litellm": sdk, "portkey": sdk}
    own = {name: of["stream_cpu"] - under[name]["stream_cpu"] for name, of in found.items() if name in under}
    more = {name: of["first"] - plain["first"] for name, of in found.items()}
    return [
        Row("own CPU of a call", "ms", 0.10, {"sophia": found["sophia"]["own_cpu"], **own}),
        Row("CPU of a streamed call / ChatOpenAI's", "×", 0.90, against("stream_cpu")),
        Row("p50 of a streamed call / ChatOpenAI's", "×", 1.0, against("stream_p50")),
        Row("CPU of `ainvoke` / ChatOpenAI's, unstreamed", "×", None,
            against("whole_cpu")),
        Row("128 at once / ChatOpenAI's", "×", 1.8, against("at_once"), "high"),
        Row("128 at once", "calls/s", None, each(lambda of: of["at_once"]), "high"),
        Row("added to the first token of ChatOpenAI", "ms", 0.3, more),
        Row("failover over the backup's own time, p50", "ms", 5.0, each(lambda of: _failover(of, 0.5))),
        Row("failover over the backup's own time, p99", "ms", 50.0, each(lambda of: _failover(of, 0.99))),
        Row("calls with a failing primary not answered", "%", 0.0, each(_unanswered)),
        Row("requests to a dead primary, per call", "", 0.02, each(lambda of: of["dead_primary"])),
        Row("a hang is left after", "s", 2.0,
            each(lambda of: None if of["hang"] is None else of["hang"] - of["good"] / 1000)),
        Row("… second try: over p95 and backup's first word", "ms", 10.0, {"sophia": found["sophia"]["hedged"]}),
        Row(f"breaks in the stream tested (of {3 * len(TEXT)})", "", None, each(lambda of: of["cuts"]["tested"])),
        Row("… not continued to the exact text", "%", 0.0, each(lambda of: _share(of, "tested", "whole"))),
        Row("… taken for a whole answer", "%", 0.0, each(lambda of: 100 * of["cuts"]["silent"] / of["cuts"]["tested"])),
        Row("… silence over the backup's first token, p50", "ms", 10.0,
            each(lambda of: of["cuts"]["gap_p50"] - of["good_first"] if of["cuts"]["whole"] else None)),
        Row("budget overshot by 1,000 callers at once", "%", 0.0,
            each(lambda of: None if of["overshoot"] is None else of["overshoot"] * 100)),
        Row("own cost against the provider's, streamed", "%", 0.1,
            each(lambda of: of["cost"] * 100 if "cost" in of else None)),
    ]  # fmt: skip


def _share(of: Mapping[str, Any], everything: str, good: str) -> float:
    return 100 * (of["cuts"][everything] - of["cuts"][good]) / of["cuts"][everything]


def _times(of: Mapping[str, Any]) -> list[float | None]:
    return [time for times in of["failover"].values() for time in times]


def _failover(of: Mapping[str, Any], share: float) -> float | None:
    answered = sorted(time for time in _times(of) if time is not None)
    if not answered:
        return None
    chosen = statistics.median(answered) if share == 0.5 else answered[int(len(answered) * share)]
    return max(0.0, chosen - of["good"])


def _unanswered(of: Mapping[str, Any]) -> float:
    times = _times(of)
    return 100 * sum(time is None for time in times) / len(times)


def table(lines: list[Row], names: list[str]) -> str:
    """The lines under their heading; `–` where somebody has no figure."""
    made = [f"{'':47} {'goal':>7} " + " ".join(f"{NAMES[name]:>10}" for name in names)]
    for line in lines:
        goal = "" if line.goal is None else f"{'≤' if line.best == 'low' else '≥'} {line.goal:g}"
        values = [line.values.get(name) for name in names]
        cells = " ".join(
            f"{'–' if value is None else format(value, ',.3g' if value < 100 else ',.0f'):>10}" for value in values
        )
        what = f"{line.what}, {line.unit}" if line.unit else line.what
        made.append(f"{what:47} {goal:>7} {cells}")
    return "\n".join(made)


def _shown(value: float | None) -> str:
    if value is None:
        return "–"
    return f"{value:,.3g}" if abs(value) < 100 else f"{value:,.0f}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.gateways", description=__doc__)
    parser.add_argument("--set-up", action="store_true", help="install LiteLLM and Portkey into a cache folder")
    parser.add_argument("--rounds", type=int, default=3, help="of the speed measurements")
    parser.add_argument("--long", action="store_true", help="more rounds")
    add_report_option(parser)
    given = parser.parse_args()
    found = all_found(8 if given.long else given.rounds, set_up=given.set_up)
    lines = rows(found)
    print(table(lines, list(found)))
    print(json.dumps({"rows": [vars(line) for line in lines], "found": found}))
    figures = [
        Figure(line.what, value, line.goal, line.unit, "low" if line.best == "low" else "high")
        for line in lines
        if (value := line.values["sophia"]) is not None
    ]
    return settled(figures, given.report)


if __name__ == "__main__":
    sys.exit(main())
