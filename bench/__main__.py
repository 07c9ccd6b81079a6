"""Runs every benchmark of this folder in its short form, one process each, and sums up which ones ended well.

`--long` passes `--long` on: the forms that take minutes (100 × larger portfolio, 10,000 turns, 20 kills).
"""

from __future__ import annotations

import argparse
import pkgutil
import subprocess
import sys
from pathlib import Path


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("only", nargs="*", help="names of benchmarks; all when none is given")
    parser.add_argument("--long", action="store_true", help="the long forms")
    chosen = parser.parse_args()
    names = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]) if module.name[0] != "_"]
    unknown = set(chosen.only) - set(names)
    if unknown:
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}; there are {', '.join(names)}")
    failed: list[str] = []
    for name in chosen.only or names:
        print(f"\n━━ {name} ━━", flush=True)
        command = [sys.executable, "-m", f"bench.{name}", *(["--long"] if chosen.long else [])]
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    print(
        f"\n{len(chosen.only or names) - len(failed)} benchmarks ended well" + (f"; failed: {failed}" if failed else "")
    )
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
