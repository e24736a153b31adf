"""Run one command in our place: with our terminal, our fate and its own exit code."""

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from evbooking.local.problems import Problem
from evbooking.local.processes import die_with_parent

NOT_FOUND = 127  # what a shell answers
STOP_SECONDS = 10


def run_foreground(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path, stderr: IO[bytes] | None = None
) -> int:
    """The exit code of `command` (128 + the signal that ended it); it is stopped when we are."""
    parent = os.getpid()
    try:
        process = subprocess.Popen(  # noqa: S603
            command,
            env=env,
            cwd=cwd,
            stderr=stderr,
            preexec_fn=lambda: die_with_parent(signal.SIGTERM, parent),  # noqa: PLW1509 - we have no threads
        )
    except FileNotFoundError as error:
        raise Problem(f"there is no command {command[0]}", exit_code=NOT_FOUND) from error
    try:
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
