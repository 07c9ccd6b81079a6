"""Environments for programs that Sophia is measured beside: each its own, in a cache folder, never a dependency."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path


def cache() -> Path:
    """Where the peers live between runs."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "sophia-bench"


def peer_python(*packages: str, set_up: bool, how: str) -> Path | str:
    """The interpreter that has these packages (pinned), or why there is none. `how` is the command that sets it up.
    Nothing of the packages runs at installation."""
    name = packages[0].partition("=")[0].partition("[")[0]
    home = cache() / f"{name}-{hashlib.sha256('|'.join(packages).encode()).hexdigest()[:8]}"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if (home / "ready").exists():
        return python
    if not set_up:
        return f"not set up; `{how}` does it"
    shutil.rmtree(home, ignore_errors=True)
    try:
        subprocess.run([sys.executable, "-m", "venv", home], check=True, capture_output=True)
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"]
        subprocess.run([*pip, *packages], check=True, capture_output=True)
    except subprocess.CalledProcessError as failed:
        return f"could not be installed (exit {failed.returncode})"
    (home / "ready").touch()
    return python
