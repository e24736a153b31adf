"""Browsers for the cast."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import User


@pytest.fixture
def pages() -> Callable[[User | None], Client]:
    """`pages(user)` is a browser signed in as that user."""

    def client(user: User | None = None) -> Client:
        made = Client()
        if user is not None:
            made.force_login(user, "accounts.backends.EvbookingBackend")
        return made

    return client
