"""`make run` from nothing to ready, killed without mercy, started again, stopped."""

import os
import signal
import socket
import subprocess
import urllib.request
from pathlib import Path

from evbooking.local.places import Places
from evbooking.local.processes import leftovers, wait_until
from evbooking.local.tests.conftest import PATIENCE_SECONDS, Launcher


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port


def lines_until_ready(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if line.startswith("ready "):
            return lines
    assert process.stderr is not None
    raise AssertionError("\n".join([*lines, process.stderr.read()]))


def children_of(process: subprocess.Popen[str]) -> dict[str, int]:
    """The launcher's own children by the module they run."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    commands = {int(pid): Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0") for pid in children}
    return {command[2]: pid for pid, command in commands.items() if command[1] == "-m"}


def test_everything_starts_survives_a_kill_of_its_parents_and_stops(launcher: Launcher) -> None:
    places = Places(launcher.var)
    ports = {"PORT": str(free_port()), "LIVE_PORT": str(free_port())}
    first = launcher.start("run", **ports)
    lines = lines_until_ready(first)
    assert lines[-1] == f"ready http://localhost:{ports['PORT']}"
    assert "driver@example.org" in lines[-3]
    assert "no real money" in lines[-4]
    with urllib.request.urlopen(
        f"http://127.0.0.1:{ports['PORT']}/readyz", timeout=PATIENCE_SECONDS
    ) as answer:
        assert answer.status == 200

    web = children_of(first)["granian"]
    first.kill()
    os.kill(web, signal.SIGKILL)  # its workers now belong to nobody and hold the port
    first.wait(timeout=PATIENCE_SECONDS)

    second = launcher.start("run", **ports)
    assert lines_until_ready(second)[-1] == lines[-1]
    assert "payments.sandbox" in children_of(second)
    second.terminate()
    assert second.wait(timeout=PATIENCE_SECONDS) == 0
    assert wait_until(lambda: leftovers(places) == [], seconds=PATIENCE_SECONDS)
