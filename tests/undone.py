"""Trying something out and taking it back, so that one world serves many requests."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction


@contextmanager
def undone() -> Iterator[None]:
    """What is written inside is rolled back; blocks that must be the outermost may open in it."""
    block = transaction.atomic()
    block._from_testcase = True  # type: ignore[attr-defined]  # as Django's own TestCase does
    with block:
        yield
        transaction.set_rollback(True)
