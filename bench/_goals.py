"""The figures of a benchmark against their goals: each run adds its own to a report, and one table shows them all."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True)
class Figure:
    """One measured figure. `goal` None: shown for its own sake. `best` says which way is better."""

    what: str
    measured: float
    goal: float | None = None
    unit: str = ""
    best: Literal["low", "high"] = "low"
    load: float = 0.0  # of the machine, before the benchmark began

    @property
    def ratio(self) -> float | None:
        """Measured to goal, so that 1.00 or less is reached whichever way is better."""
        if self.goal is None:
            return None
        if self.best == "low":
            return self.measured / self.goal if self.goal else (0.0 if not self.measured else float("inf"))
        return self.goal / self.measured if self.measured else float("inf")

    @property
    def reached(self) -> bool:
        return self.ratio is None or self.ratio <= 1.0


def add_report_option(parser: argparse.ArgumentParser) -> None:
    """`--report`: where `python -m bench` collects the figures."""
    parser.add_argument("--report", type=Path, help="add the figures to this file, one JSON object a line")


def settled(figures: Sequence[Figure], report: Path | None) -> int:
    """Adds the figures to the report if there is one. The exit code: 0 when every goal is reached."""
    if report is not None:
        with report.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(figure)) + "\n" for figure in figures)
    return int(not all(figure.reached for figure in figures))


def reported(report: Path) -> list[Figure]:
    """What was added so far."""
    return [Figure(**json.loads(line)) for line in report.read_text(encoding="utf-8").splitlines()]


def load_now() -> float:
    """The machine's load average of the last minute; 0 where there is none (Windows)."""
    return os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0


def table(figures: Iterable[Figure]) -> str:
    """One line a figure: goal, measured, ratio (1.00 or less is reached), and the load before it was measured."""
    cores = os.cpu_count() or 1
    lines = [f"{'':56} {'goal':>10} {'measured':>10} {'ratio':>6} {'load':>5}"]
    for one in figures:
        sign = "≤" if one.best == "low" else "≥"
        goal = "" if one.goal is None else f"{sign} {one.goal:,g}"
        ratio = "" if one.ratio is None else f"{one.ratio:.2f}"
        note = "" if one.reached else "  not reached"
        note += f"  (machine was busy: {cores} cores)" if one.load > cores else ""
        what = f"{one.what}, {one.unit}" if one.unit else one.what
        lines.append(f"{what[:56]:56} {goal:>10} {one.measured:>10,.4g} {ratio:>6} {one.load:5.1f}{note}")
    return "\n".join(lines)
