"""A crowd: many threads with a connection each, let go at the same moment."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import connection, connections
from rest_framework.test import APIClient

from bookings.models import BLOCKING, Booking

T = TypeVar("T")
CROWD = 50
DAMAGE_ROUNDS = 8


def at_once(actions: Sequence[Callable[[], T]]) -> list[T]:
    """Run all actions at the same moment, each in a thread of its own, and return what they gave, in order."""
    barrier = threading.Barrier(len(actions))

    def run(action: Callable[[], T]) -> T:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=30)
            return action()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


@dataclass(frozen=True)
class Answer:
    """What one client of the crowd was told; `code` is empty for a success."""

    status: int
    code: str
    body: dict[str, Any]


def call(client: APIClient, method: str, url: str, body: dict[str, Any]) -> Callable[[], Answer]:
    """An action for `at_once`: one request, whose faults are answers too."""
    client.raise_request_exception = False

    def action() -> Answer:
        response = getattr(client, method)(url, body, format="json")
        content = response.json() if response.content.startswith(b"{") else {}
        failed = response.status_code >= 400
        return Answer(response.status_code, content.get("code", "no JSON") if failed else "", content)

    return action


def outcome(answers: Sequence[Answer]) -> Counter[tuple[int, str]]:
    return Counter((answer.status, answer.code) for answer in answers)


def overlaps() -> int:
    """How many pairs of blocking bookings occupy one EVSE at the same time; 0 unless something is broken."""
    rows = list(
        Booking.objects.filter(status__in=BLOCKING)
        .order_by("evse", "start")
        .values_list("evse", "start", "blocked_until")
    )
    return sum(
        one[0] == other[0] and other[1] < one[2] for i, one in enumerate(rows) for other in rows[i + 1 :]
    )


@contextmanager
def without_the_constraint() -> Iterator[None]:
    """The table without booking_no_overlap. Afterwards the bookings are gone and the constraint is back."""
    constraint = next(c for c in Booking._meta.constraints if c.name == "booking_no_overlap")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Booking, constraint)
    try:
        yield
    finally:
        Booking.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(Booking, constraint)
