"""The seeded world at a standing clock, and its people's tokens."""

from collections.abc import Callable, Iterator

import pytest
import time_machine

from accounts.models import User
from tests.world import NOW, World, make_world


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        yield make_world()


@pytest.fixture
def tokens(world: World, session_token: Callable[[User], str]) -> dict[str, str]:
    """By the part a person plays."""
    return {part: session_token(user) for part, user in world.people.items()}
