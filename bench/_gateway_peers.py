"""The peers of `bench.gateways` that are no dependencies: LiteLLM and Portkey's gateway, in a cache folder.

Versions are exact: a gateway's package sits on every key, and LiteLLM's was replaced by a thief's for a day in 2026.
Nothing of them runs at installation.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench._peers import cache, peer_python

LITELLM = ("litellm==1.109.1", "uvloop==0.23.0")
PORTKEY = "1.15.2"
HONO = "1.13.8"  # with 1.14.2 and newer Portkey's streams fail: https://github.com/Portkey-AI/gateway/issues/1389
START = 20.0  # seconds


def litellm_python(*, set_up: bool) -> Path | str:
    """The interpreter that has LiteLLM, or why there is none."""
    return peer_python(*LITELLM, set_up=set_up, how="make bench-gateways")


def portkey_script(*, set_up: bool) -> Path | str:
    """The gateway's start script, or why there is none."""
    if not shutil.which("node"):
        return "node is not installed"
    home = cache() / f"portkey-{PORTKEY}"
    script = home / "node_modules" / "@portkey-ai" / "gateway" / "build" / "start-server.js"
    if (home / "ready").exists():
        return script
    npm = shutil.which("npm")
    if not set_up or npm is None:
        return "not set up; `make bench-gateways` does it" if npm else "npm is not installed"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    wanted = {"dependencies": {"@portkey-ai/gateway": PORTKEY}, "overrides": {"@hono/node-server": HONO}}
    (home / "package.json").write_text(json.dumps({"name": "peers", "private": True, **wanted}))
    try:
        subprocess.run([npm, "install", "--ignore-scripts", "--no-audit"], cwd=home, check=True, capture_output=True)
    except subprocess.CalledProcessError as failed:
        return f"could not be installed (exit {failed.returncode})"
    (home / "ready").touch()
    return script


@contextmanager
def portkey(script: Path) -> Iterator[dict[str, str]]:
    """The running gateway: where it is and which process, as environment variables for a measuring process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "TRUSTED_CUSTOM_HOSTS": "127.0.0.1,localhost", "NODE_ENV": "production"}
    command = ["node", str(script), f"--port={port}", "--headless"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as gateway:
        try:
            _wait_for(f"http://127.0.0.1:{port}/")
            yield {"PORTKEY_ADDRESS": f"http://127.0.0.1:{port}/v1", "PORTKEY_PID": str(gateway.pid)}
        finally:
            gateway.terminate()


def _wait_for(address: str) -> None:
    until = time.monotonic() + START
    while True:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
