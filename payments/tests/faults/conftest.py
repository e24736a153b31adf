"""A driver's world whose clock stands at NOW, with a sandbox of its own that may be killed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from pytest_django import Settings

from accounts.models import User
from payments.models import OperatorAccount
from payments.sandbox.tests.running import Running
from payments.tests.conftest import use
from payments.tests.faults.mortal import Mortal
from payments.tests.machine.world import World
from payments.tests.paying import NOW, set_clock
from tests.factories import make_station


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


@pytest.fixture
def new_world(
    own_sandbox: Running, ready_operator: OperatorAccount, driver: User
) -> Iterator[Callable[..., World]]:
    """`new_world(security="AUTHORISATION", **terms)`: a driver before a station that asks for this security."""
    with time_machine.travel(NOW, tick=True) as traveller:

        def make(**terms: Any) -> World:
            station = make_station(ready_operator.operator, evses=1, terms={"payment": "ONLINE", **terms})
            return World(own_sandbox, traveller, station, driver, NOW, None)

        yield make
