"""A signal to stop that comes while a child is being forked is not lost."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from evbooking.local.places import CHECKOUT
from evbooking.local.tests.conftest import PATIENCE_SECONDS

FORK_WITH_A_SIGNAL = """
import contextlib, os, signal, sys
from pathlib import Path
from evbooking.local import foreground, processes
from evbooking.local.places import Places
from evbooking.local.signals import Stopped, stop_on_signals

@contextlib.contextmanager
def nothing_held():
    yield lambda: None

starter, guard, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
if guard == "off":
    foreground.signals_held = processes.signals_held = nothing_held
stop_on_signals()
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGTERM))
try:
    if starter == "foreground":
        foreground.run_foreground(["sleep", "1"], env=os.environ, cwd=folder)
    else:
        places = Places(folder)
        places.log.mkdir()
        processes.spawn("sleep", ["sleep", "1"], places=places, env=os.environ, cwd=folder)
except Stopped as stopped:
    print("stopped by", stopped)
else:
    print("not stopped")
"""
SHOW_HELD = f"""
import signal
held = signal.pthread_sigmask(signal.SIG_BLOCK, ())
print("held", sorted(held & {{{int(signal.SIGINT)}, {int(signal.SIGTERM)}, {int(signal.SIGHUP)}}}))
"""


@pytest.mark.parametrize("starter", ["foreground", "spawn"])
@pytest.mark.parametrize(
    ("guard", "says"), [("on", "stopped by SIGTERM"), ("off", "not stopped")], ids=["held", "control"]
)
def test_a_signal_during_the_fork_stops_us(starter: str, guard: str, says: str, tmp_path: Path) -> None:
    ended = _python(FORK_WITH_A_SIGNAL, starter, guard, str(tmp_path))

    assert ended.stdout.strip() == says


def test_a_command_gets_its_signals() -> None:
    run = "import os, sys\nfrom pathlib import Path\nfrom evbooking.local.foreground import run_foreground\n"
    run += "run_foreground([sys.executable, '-c', sys.argv[1]], env=os.environ, cwd=Path.cwd())"

    assert _python(run, SHOW_HELD).stdout.strip() == "held []"


def _python(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
