"""How well and how fast the embedded planner plans the development utterances.

Right tool, exact arguments, no call where none is right, false abstention, follow-ups (lines with `context`),
milliseconds a message, memory, cold start. `--data` names a folder with dev.jsonl, gazetteer.json and arg_kinds.json.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bench._goals import Figure, add_report_option, settled
from bench._planner_scoring import Verdict, judge

DEFAULT = Path(__file__).resolve().parents[2] / "shared" / "data" / "planner"
_COLD = (
    "from app.cli.plan import tool_specs; from app.gateways.embedded import Planner; Planner(tool_specs(), Path({!r}))"
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.planner", description=__doc__)
    parser.add_argument("--data", type=Path, default=DEFAULT)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--wrong", action="store_true", help="also print every utterance that went wrong")
    parser.add_argument("--long", action="store_true", help="accepted for symmetry; there is only one form")
    add_report_option(parser)
    options = parser.parse_args()
    if not (options.data / "dev.jsonl").is_file():
        print(f"skipped: {options.data} holds no dev.jsonl")
        return 0
    figures, verdicts = measure(options.data)
    print(json.dumps(figures) if options.json else _table(figures))
    if options.wrong:
        for verdict in verdicts:
            if not verdict.exact:
                print(f"{verdict.id}: {verdict.why}")
    return settled(_against_goals(figures), options.report)


def _against_goals(figures: Mapping[str, float]) -> list[Figure]:
    """dev.jsonl is known to whoever works on the planner: unseen utterances are judged elsewhere."""
    shares = (
        ("right tool", "tool", 0.95),
        ("right tool and all arguments", "exact", 0.92),
        ("no call where none is right", "abstention", 0.95),
        ("follow-ups", "follow_ups", 0.85),
    )
    return [
        *(
            Figure(f"planner on dev.jsonl: {what}", figures[name], goal, best="high")
            for what, name, goal in shares
            if name in figures
        ),
        Figure("planner: a message, p95", figures["p95_ms"], 100, "ms"),
        Figure("planner: memory", figures["rss_mb"], 400, "MB"),
        Figure("planner: start with a trained cache", figures["cold_start_s"], None, "s"),
    ]


def measure(data: Path) -> tuple[dict[str, float], list[Verdict]]:
    """All figures for one folder of development data."""
    from app.cli.plan import planned, read_names, tool_specs
    from app.gateways.embedded import Planner

    kinds = json.loads((data / "arg_kinds.json").read_text())
    gazetteer = json.loads((data / "gazetteer.json").read_text())
    golds = [json.loads(line) for line in (data / "dev.jsonl").read_text().splitlines() if line.strip()]
    names = [name for key in ("residents", "contacts", "companies", "vendors", "team") for name in gazetteer[key]]
    known, now = read_names(data / "gazetteer.json"), datetime.fromisoformat(gazetteer["now"])
    with tempfile.TemporaryDirectory() as cache:
        planner = Planner(tool_specs(), Path(cache))
        verdicts, milliseconds = run(golds, lambda gold: planned(planner, gold, known, now), kinds, names)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        cold = _cold_start(cache)
    figures = score(golds, verdicts)
    ordered = sorted(milliseconds)
    figures |= {
        "p50_ms": round(ordered[len(ordered) // 2], 2),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 2),
        "rss_mb": round(memory, 1),
        "cold_start_s": round(cold, 2),
    }
    return figures, verdicts


def run(
    golds: Sequence[Mapping[str, Any]],
    plan: Callable[[Mapping[str, Any]], Mapping[str, Any]],
    kinds: Mapping[str, Any],
    names: Sequence[str],
) -> tuple[list[Verdict], list[float]]:
    """Plans every utterance; verdicts and milliseconds, in order."""
    verdicts: list[Verdict] = []
    milliseconds: list[float] = []
    for gold in golds:
        began = time.perf_counter()
        answer = plan(gold)
        milliseconds.append((time.perf_counter() - began) * 1000)
        verdicts.append(judge(gold, answer, kinds, names))
    return verdicts, milliseconds


def score(golds: Sequence[Mapping[str, Any]], verdicts: Sequence[Verdict]) -> dict[str, float]:
    """Shares of right reactions; without follow-ups among the utterances there is no share of them."""
    pairs = list(zip(golds, verdicts, strict=True))
    single = [v for g, v in pairs if g["calls"] and not g.get("context")]
    none = [v for g, v in pairs if not g["calls"]]
    follow = [v for g, v in pairs if g["calls"] and g.get("context")]
    return {
        "utterances": len(pairs),
        "tool": _share([v.tool for v in single]),
        "exact": _share([v.exact for v in single]),
        "abstention": _share([v.tool for v in none]),
        "false_abstention": _share([v.silent for v in single]) if single else 0.0,
        "follow_ups_counted": len(follow),
        **({"follow_ups": _share([v.exact for v in follow])} if follow else {}),
    }


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4) if values else 1.0


def _cold_start(cache: str) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-c", f"from pathlib import Path; {_COLD.format(cache)}"], check=True)
    return time.perf_counter() - began


def _table(figures: Mapping[str, float]) -> str:
    return "\n".join(f"{name:<20} {value:>10}" for name, value in figures.items())


if __name__ == "__main__":
    sys.exit(main())
