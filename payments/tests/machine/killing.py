"""A worker that dies: between any two things that others could see of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import stripe
from django.db import connection, transaction


class Killed(BaseException):
    """Nothing catches it, as nothing catches a SIGKILL; open transactions are rolled back."""


@contextmanager
def dying(after: int | None) -> Iterator[None]:
    """The `after`th chance to die is taken; None: it lives. Chances: before and after each call to Stripe, and after
    each commit.
    """
    left = -1 if after is None else after

    def chance() -> None:
        nonlocal left
        left -= 1
        if left == -1:
            raise Killed

    with _at_calls(chance), _at_commits(chance):
        yield


@contextmanager
def _at_calls(chance: Any) -> Iterator[None]:
    real = stripe.RequestsClient.request

    def request(self: Any, *args: Any, **kwargs: Any) -> Any:
        chance()
        answer = real(self, *args, **kwargs)
        chance()
        return answer

    with mock.patch.object(stripe.RequestsClient, "request", request):
        yield


@contextmanager
def _at_commits(chance: Any) -> Iterator[None]:
    real = transaction.Atomic.__exit__

    def leave(self: Any, kind: Any, error: Any, trace: Any) -> Any:
        result = real(self, kind, error, trace)
        if kind is None and not connection.in_atomic_block:
            chance()
        return result

    with mock.patch.object(transaction.Atomic, "__exit__", leave):
        yield
