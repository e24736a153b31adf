"""Everything CI runs: ``python -m evbooking.local.checks [STEP…]``, stopping at the first step that fails."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from evbooking.local.environment import inherited
from evbooking.local.places import CHECKOUT
from evbooking.local.progress import say

MANAGE = (sys.executable, "manage.py")
PRODUCTION = {  # what an installation behind https sets; `check --deploy` must have nothing to say about it
    "EVB_DEMO": "0",
    "DEBUG": "0",
    "ALLOWED_HOSTS": "book.example.org",
    "PUBLIC_URL": "https://book.example.org",
    "LIVE_URL": "https://book.example.org",
    "TRUSTED_PROXY_COUNT": "1",
}
COMPOSE = dict.fromkeys(  # what .env must set; the file refuses to be read without
    ("SECRET_KEY", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "PUBLIC_URL", "ALLOWED_HOSTS", "SITE_ADDRESS"),
    "set",
)


@dataclass(frozen=True)
class Check:
    """One step: what it runs, with which variables on top of ours."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)


def checks() -> list[Check]:
    """All steps in order, the cheap ones first; pytest's closing line is the last a test runner prints."""
    workers = os.environ.get("TEST_WORKERS", "2")
    return [
        Check("ruff", (_tool("ruff"), "check", ".")),
        Check("format", (_tool("ruff"), "format", "--check", ".")),
        Check("layers", (_tool("lint-imports"),)),
        Check("compose", ("docker-compose", "config", "--quiet"), COMPOSE),
        Check("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run")),
        Check("deploy", (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"), PRODUCTION),
        Check("openapi", (*MANAGE, "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull)),
        Check("types", (_tool("mypy"), "."), {"EVB_DEMO": "1"}),  # its plugin reads the settings
        Check("tests", (sys.executable, "-m", "pytest", "-n", workers, "--dist", "worksteal")),
    ]


def run_checks(names: Sequence[str]) -> int:
    """Run the named steps, or all; returns the exit code of the first that failed, else 0."""
    chosen = [check for check in checks() if not names or check.name in names]
    started = time.monotonic()
    for check in chosen:
        code = _run(check)
        if code:
            say(f"check {check.name} failed: {' '.join(check.command)}")
            return code
    say(f"{len(chosen)} checks done in {time.monotonic() - started:.0f} s")
    return 0


def _run(check: Check) -> int:
    if shutil.which(check.command[0]) is None:
        say(f"-- {check.name}: there is no {check.command[0]} here")
        return 1 if os.environ.get("CI") else 0
    say(f"-- {check.name}")
    started = time.monotonic()
    done = subprocess.run(check.command, env={**inherited(), **check.env}, cwd=CHECKOUT, check=False)  # noqa: S603
    say(f"-- {check.name}: {'failed' if done.returncode else 'done'} in {time.monotonic() - started:.1f} s")
    return done.returncode


def _tool(name: str) -> str:
    return str(Path(sys.executable).parent / name)


if __name__ == "__main__":
    sys.exit(run_checks(sys.argv[1:]))
