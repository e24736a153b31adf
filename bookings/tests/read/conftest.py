"""The read side is tested on one winter Tuesday morning, 08:00 in Hamburg."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine

NOW = datetime(2026, 12, 1, 7, tzinfo=UTC)


@pytest.fixture
def now() -> Iterator[datetime]:
    """2026-12-01 07:00 UTC, standing still."""
    with time_machine.travel(NOW, tick=False):
        yield NOW
