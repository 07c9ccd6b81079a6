"""How long `sophia demo` takes until it says that it is ready and its page answers: the first time, filling an empty
folder, and the second. Both without the set-up of `.venv`. Goals: 180 s (set-up included) and 5 s.
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from app.cli.core.demo import free_port
from bench._goals import Figure, add_report_option, settled

GOAL_FIRST, GOAL_SECOND = 180.0, 5.0  # seconds
COMMAND = "from app.cli import main; main()"
READY = "Sophia is ready"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.demo_start", description=__doc__)
    parser.add_argument("--long", action="store_true", help="accepted for symmetry; there is only one form")
    add_report_option(parser)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sophia-bench-") as folder:
        first = seconds_to_ready(Path(folder) / "demo")
        second = min(seconds_to_ready(Path(folder) / "demo") for _ in range(2))
    print(f"first start {first:.1f} s (goal {GOAL_FIRST:g}), second {second:.1f} s (goal {GOAL_SECOND:g})")
    return settled(
        [
            Figure("first start of the demo, set-up not counted", first, GOAL_FIRST, "s"),
            Figure("second start of the demo, the better of two", second, GOAL_SECOND, "s"),
        ],
        options.report,
    )


def seconds_to_ready(folder: Path) -> float:
    """From the command to the printed address and an answering page. Raises RuntimeError when it ends before."""
    port, systems = free_port(), free_port()
    command = [sys.executable, "-c", COMMAND, "demo", "--folder", str(folder)]
    command += ["--port", str(port), "--systems-port", str(systems)]
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as demo:
        assert demo.stdout is not None
        for line in demo.stdout:
            if READY in line:
                break
        else:
            raise RuntimeError("the demo ended before it was ready")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=30) as page:
            page.read()
        seconds = time.perf_counter() - began
        demo.send_signal(signal.SIGINT)
        demo.stdout.read()
    return seconds


if __name__ == "__main__":
    sys.exit(main())
