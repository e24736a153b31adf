"""Run one command in our place: with our terminal, our fate and its own exit code."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from evbooking.local.problems import Problem
from evbooking.local.processes import in_child
from evbooking.local.signals import signals_held

NOT_FOUND = 127  # what a shell answers
STOP_SECONDS = 10


def run_foreground(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path, stderr: IO[bytes] | None = None
) -> int:
    """The exit code of `command` (128 + the signal that ended it); it is stopped when we are."""
    with signals_held() as let_go:
        try:
            process = subprocess.Popen(  # noqa: S603
                command,
                env=env,
                cwd=cwd,
                stderr=stderr,
                preexec_fn=in_child(let_go, signal.SIGTERM),  # noqa: PLW1509 - we have no threads
            )
        except FileNotFoundError as error:
            raise Problem(f"there is no command {command[0]}", exit_code=NOT_FOUND) from error
        try:
            let_go()
            code = process.wait()
        except BaseException:
            _stop(process)
            raise
    return code if code >= 0 else 128 - code


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
