"""A driver before a station that is paid online, with a sandbox and clocks of the test's own."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine

from accounts.models import User
from payments.models import OperatorAccount
from payments.sandbox.tests.running import Running
from payments.tests.machine.world import World
from payments.tests.paying import NOW
from tests.factories import make_station


@pytest.fixture
def new_world(
    own_sandbox: Running, ready_operator: OperatorAccount, driver: User
) -> Iterator[Callable[..., World]]:
    """`new_world(security="AUTHORISATION", **terms)`: an hour of its two charge points costs 5.50 EUR."""
    with time_machine.travel(NOW, tick=True) as traveller:

        def make(**terms: Any) -> World:
            station = make_station(ready_operator.operator, evses=2, terms={"payment": "ONLINE", **terms})
            return World(own_sandbox, traveller, station, driver, NOW, None)

        yield make
