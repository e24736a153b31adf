"""Real servers in folders of their own; what a test starts is gone when it ends."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from evbooking.local.places import CHECKOUT

PATIENCE_SECONDS = 60.0  # a busy machine is slow, not broken
NOT_OURS = {
    "DATABASE_URL",
    "REDIS_URL",
    "PORT",
    "LIVE_PORT",
    "DJANGO_SETTINGS_MODULE",
    "STRIPE_SECRET_KEY",
    "STRIPE_PUBLISHABLE_KEY",
}


class Ended(NamedTuple):
    """How a launcher command ended."""

    code: int
    out: str
    error: str


class Launcher:
    """`python -m evbooking.local` with a var/ folder of its own."""

    def __init__(self, var: Path) -> None:
        self.var = var
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *arguments: str, **variables: str) -> subprocess.Popen[str]:
        """Begin a command, its output in pipes."""
        inherited = {name: value for name, value in os.environ.items() if name not in NOT_OURS}
        process = subprocess.Popen(
            [sys.executable, "-m", "evbooking.local", "--var", str(self.var), *arguments],
            env={**inherited, **variables},
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.started.append(process)
        return process

    def run(self, *arguments: str, **variables: str) -> Ended:
        """Run a command to its end."""
        process = self.start(*arguments, **variables)
        out, error = process.communicate(timeout=PATIENCE_SECONDS)
        return Ended(process.returncode, out, error)

    def start_services(self) -> tuple[subprocess.Popen[str], dict[str, str]]:
        """Both servers up, with their addresses."""
        process = self.start("services")
        assert process.stdout is not None
        addresses: dict[str, str] = {}
        for line in process.stdout:
            if line.startswith("export "):
                name, address = line.removeprefix("export ").strip().split("=", 1)
                addresses[name] = address
            if len(addresses) == 2:
                return process, addresses
        assert process.stderr is not None
        raise AssertionError(f"no servers: {process.stderr.read()}")

    def end(self) -> None:
        """Stop whatever still runs."""
        for process in self.started:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE_SECONDS)


@pytest.fixture
def launcher() -> Iterator[Launcher]:
    """A launcher in a folder that other users can reach, as a checkout usually is."""
    folder = Path(tempfile.mkdtemp(prefix="evb-test-"))
    folder.chmod(0o755)
    launcher = Launcher(folder / "var")
    yield launcher
    launcher.end()
    shutil.rmtree(folder)
