"""``python3 bootstrap.py requirements/runtime.txt``: make .venv with these pinned requirements.

It runs under the system's Python with nothing but the standard library, and imports nothing of ours.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

OLDEST = (3, 11)
CHECKOUT = Path(__file__).resolve().parent.parent.parent
VENV = CHECKOUT / ".venv"
PYTHON = VENV / "bin" / "python"


def bootstrap(requirements: Path) -> None:
    """Leave a .venv that has `requirements`; a lack is one line on standard error and exit code 1."""
    if sys.version_info < OLDEST:
        fail(f"Python 3.11 or newer is needed, {sys.executable} is older: try PYTHON=python3.11")
    if not _venv_works():
        _create_venv()
    stamp = VENV / f".installed-{requirements.name}"
    fingerprint = hashlib.sha256(requirements.read_bytes() + (VENV / "pyvenv.cfg").read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != fingerprint:
        _install(requirements)
        stamp.write_text(fingerprint)


def fail(message: str) -> None:
    """Say `message` and end with code 1."""
    sys.stderr.write(f"error: {message}\n")
    sys.exit(1)


def _venv_works() -> bool:
    """Whether .venv is complete: one that was interrupted, or whose Python is gone, is made anew."""
    if not PYTHON.exists():
        return False
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0  # noqa: S603


def _create_venv() -> None:
    _say("virtual environment .venv")
    shutil.rmtree(VENV, ignore_errors=True)
    command = [sys.executable, "-m", "venv", str(VENV)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        output = done.stdout + done.stderr
        if "ensurepip" in output or "No module named venv" in output:
            fail("Python's venv module is missing: apt-get install python3-venv")
        fail(f".venv could not be made: {_last_line(output)}")


def _install(requirements: Path) -> None:
    """Run pip, counting the packages it looks at; a failure shows pip's own errors."""
    started = time.monotonic()
    total = sum("==" in line for line in requirements.read_text().splitlines())
    _say(f"packages of {requirements.name}: {total}, a minute or two the first time")
    pip_install = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "--no-input"]
    command = [*pip_install, "-r", str(requirements)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as pip:  # noqa: S603
        lines = list(_count(pip.stdout or [], total))
    if pip.returncode:
        if "No space left" in "".join(lines):
            fail(f"the disk of {VENV} is full: free some space and start again")
        sys.stderr.write("".join(lines[-8:]))
        fail(f"pip could not install {requirements.name}: see above, then start again")
    _say(f"packages installed in {time.monotonic() - started:.0f} s")


def _count(lines: Iterable[str], total: int) -> Iterator[str]:
    """Pass pip's lines on, telling a terminal how far it is."""
    seen = 0
    for line in lines:
        seen += line.startswith(("Collecting", "Requirement already"))
        if sys.stdout.isatty():
            sys.stdout.write(f"\r  {min(seen, total)} of {total} ")
            sys.stdout.flush()
        yield line
    if sys.stdout.isatty():
        sys.stdout.write("\r")


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["no reason given"])[-1]


def _say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    bootstrap(Path(sys.argv[1]))
