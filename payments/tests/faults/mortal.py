"""A sandbox process that is killed without warning and comes back on its port with what it had committed."""

from pathlib import Path

from payments.sandbox.tests.running import SECRET, Running, start
from payments.tests.faults.installed.processes import free_port


class Mortal:
    """`running` is the living process, or the last one that lived."""

    def __init__(self, state: Path) -> None:
        self._state, self._port = state, free_port()
        self.running = self._start()

    def kill(self) -> None:
        """SIGKILL: nothing is said, written or closed any more."""
        self.running.process.kill()
        self.running.process.wait(20)

    def revive(self) -> None:
        self.running = self._start()

    def _start(self) -> Running:
        events = ["--webhook-url", "http://127.0.0.1:9/", "--webhook-secret", SECRET]
        return start("--port", str(self._port), "--state", str(self._state), *events)
