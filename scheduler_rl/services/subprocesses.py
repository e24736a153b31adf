"""Running a module of ours in a process of its own, with the Python that has what it needs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from typing import Final

from django.conf import settings

from scheduler_rl.services.runs import Failed, NotDone

_PASSED_ON: Final = ("PATH", "HOME", "LANG", "TMPDIR", "LD_LIBRARY_PATH")
_CHECK_S: Final = 60


def need(modules: Sequence[str], *, remedy: str) -> None:
    """Raises NotDone unless the training Python (EVB_ML_PYTHON) has all `modules`."""
    look = (
        "import importlib.util, sys; print(*[m for m in sys.argv[1:] if importlib.util.find_spec(m) is None])"
    )
    found = _call([settings.EVB_ML_PYTHON, "-c", look, *modules], seconds=_CHECK_S)
    if missing := found.split():
        raise NotDone(f"{' and '.join(missing)} not installed: {remedy}. The present version stays.")


def run_module(module: str, arguments: Sequence[str], *, seconds: int) -> str:
    """Standard output of ``python -m module``; it gets no database, no secret. Raises Failed with its last line."""
    return _call([settings.EVB_ML_PYTHON, "-m", module, *arguments], seconds=seconds)


def _call(command: Sequence[str], *, seconds: int) -> str:
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    try:
        done = subprocess.run(  # noqa: S603 - our own module, our own arguments
            command,
            cwd=settings.BASE_DIR,
            env=environment,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Failed(f"It took longer than {seconds // 60} minutes and was stopped.") from error
    except OSError as error:
        raise NotDone(f"EVB_ML_PYTHON cannot be run: {error}") from error
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise Failed(f"It ended with code {done.returncode}: {last}")
    return done.stdout
