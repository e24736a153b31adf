"""A sandbox of the test's own that may be killed."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from payments.sandbox.tests.running import Running
from payments.tests.conftest import use
from payments.tests.faults.mortal import Mortal
from payments.tests.paying import NOW, set_clock


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Mortal]:
    """A sandbox that keeps its state in a file, to be killed and started again."""
    sandbox = Mortal(tmp_path / "sandbox.sqlite3")
    yield sandbox
    sandbox.kill()


@pytest.fixture
def own_sandbox(mortal: Mortal, settings: Settings) -> Running:
    running = mortal.running
    running.control("webhooks", paused="true")
    set_clock(running, NOW)
    return use(running, settings)
