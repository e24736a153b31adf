"""The web server under measurement: granian as in production, one worker, on a free port."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.databases import ROOT
from benchmarks.load import Client, Refused

THREADS = 4


@dataclass(frozen=True, slots=True)
class Web:
    pid: int
    port: int


@contextmanager
def serving(env: dict[str, str]) -> Iterator[Web]:
    """A running web server; stopped at the end."""
    port = _free_port()
    size = ["--workers", "1", "--blocking-threads", str(THREADS), "--no-ws", "--workers-kill-timeout", "3"]
    where = ["--host", "127.0.0.1", "--port", str(port), "--interface", "wsgi"]
    command = [sys.executable, "-m", "granian", *where, *size, "evbooking.wsgi:application"]
    process = subprocess.Popen(
        command,
        env={**env, "LOG_LEVEL": "ERROR"},
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield Web(process.pid, port)
    finally:
        process.terminate()
        process.wait(10)


def _wait(port: int) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            Client(port).call("GET", "/livez", expect=200)
        except (OSError, Refused):
            time.sleep(0.2)
        else:
            return
    raise SystemExit("The web server did not come up within a minute.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
