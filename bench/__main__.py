"""Runs every benchmark of this folder in its short form, one process each, and shows all figures against their goals.

`--long` passes `--long` on: the forms that take minutes (100 × larger portfolio, 10,000 turns, 20 kills).
"""

from __future__ import annotations

import argparse
import pkgutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from bench._goals import Figure, load_now, reported, table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("only", nargs="*", help="names of benchmarks; all when none is given")
    parser.add_argument("--long", action="store_true", help="the long forms")
    chosen = parser.parse_args()
    names = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]) if module.name[0] != "_"]
    unknown = set(chosen.only) - set(names)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    figures: list[Figure] = []
    broken: list[str] = []
    for name in chosen.only or names:
        measured, ended_well = run(name, long=chosen.long)
        figures += measured
        if not (measured or ended_well):  # one that is skipped measures nothing and ends well
            broken.append(name)
    print(f"\n━━ all figures ━━\n{table(figures)}")
    missed = sum(not figure.reached for figure in figures)
    print(f"\n{len(figures) - missed} of {len(figures)} as they should be" + (f"; broken: {broken}" if broken else ""))
    return bool(missed or broken)


def run(name: str, *, long: bool) -> tuple[list[Figure], bool]:
    """The figures of one benchmark, run in a process of its own, and whether it reached its goals."""
    load = load_now()
    print(f"\n━━ {name} ━━ (load {load:.1f})", flush=True)
    with tempfile.TemporaryDirectory(prefix="sophia-bench-") as folder:
        report = Path(folder) / "report"
        report.touch()
        command = [sys.executable, "-m", f"bench.{name}", "--report", str(report), *(["--long"] if long else [])]
        ended = subprocess.run(command, check=False)
        return [replace(figure, load=load) for figure in reported(report)], ended.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
