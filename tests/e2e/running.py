"""`sophia demo` as a newcomer starts it: one process tree, real sockets, its own folder and ports."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.conftest import ROOT

STARTS_WITHIN = 240.0  # seconds, on a busy machine, with an empty folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class RunningDemo:
    """One demo. `start` returns when the page can be used."""

    folder: Path
    page: int = field(default_factory=free_port)
    systems: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.page}"

    def start(self) -> None:
        command = [sys.executable, "-c", "from app.cli import main; main()", "demo", "--folder", str(self.folder)]
        command += ["--port", str(self.page), "--systems-port", str(self.systems)]
        environment = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
        self.process = subprocess.Popen(
            command,
            cwd=self.folder.parent,
            env=environment | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", "COLUMNS": "100"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._wait_for("Sophia is ready")

    def _wait_for(self, words: str) -> None:
        assert self.process is not None
        assert self.process.stdout is not None
        lines: queue.Queue[str] = queue.Queue()
        stdout = self.process.stdout
        threading.Thread(target=lambda: [lines.put(line) for line in stdout], daemon=True).start()
        deadline = time.monotonic() + STARTS_WITHIN
        while time.monotonic() < deadline:
            try:
                line = lines.get(timeout=0.5)
            except queue.Empty:
                if self.process.poll() is not None and lines.empty():
                    break
                continue
            self.said.append(line)
            if words in line:
                return
        raise AssertionError(f"the demo did not say {words!r}:\n{''.join(self.said)}")

    def stop(self) -> None:
        """Ctrl-C, as a person would."""
        assert self.process is not None
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGINT)
            self.process.wait(timeout=60)
