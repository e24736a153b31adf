"""The application as a WSGI server calls it, inside a test's transaction."""

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections


@pytest.fixture
def one_connection(db: None) -> Iterator[None]:
    """Requests stay in the test's transaction: a bare WSGI handler would close its connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
