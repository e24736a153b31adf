"""Random lives of many bookings: whatever happens in whatever order, the promises of the domain hold."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from bookings.models import BLOCKING, Booking
from bookings.services import answer, cancel, clock, confirm, correct, hold, reschedule, visit
from bookings.transitions import ALLOWED
from evbooking.core.errors import DomainError
from evbooking.core.models import AuditEntry, DomainEvent
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import Station
from tests.factories import make_evse, make_operator, make_station, make_user

DAWN = datetime(2026, 12, 1, 6, tzinfo=UTC)
QUARTER = timedelta(minutes=15)

pytestmark = pytest.mark.django_db

_ONCE = ("cancel", "approve", "reject", "move", "correct", "stop", "absent", "tick")
Step = tuple[str, int, int, int]
steps = st.lists(
    st.tuples(
        st.sampled_from((*["hold"] * 4, *["confirm"] * 3, "wait", *["arrive"] * 2, *_ONCE)),
        st.integers(0, 7),
        st.integers(0, 11),
        st.integers(1, 4),
    ),
    min_size=20,
    max_size=50,
)


class Life:
    """Two drivers, one operator, two EVSEs that ask for approval at one station and not at the other."""

    def __init__(self) -> None:
        self.now = DAWN
        self.drivers = [make_user(), make_user()]
        self.staff = make_user()
        operator = make_operator(owner=self.staff)
        terms = {"buffer_minutes": 15, "change_until_minutes": 0, "max_open_bookings_per_driver": 4}
        self.stations: list[Station] = [
            make_station(operator, terms={**terms, "approval_required": asks, "answer_within_minutes": 20})
            for asks in (False, True)
        ]
        make_evse(self.stations[0])
        self.bookings: list[Booking] = []

    def do(self, step: Step) -> None:
        name, which, quarter, length = step
        if name == "wait":
            self.now += QUARTER * length
        elif name == "tick":
            self.tick()
        elif name == "hold":
            self.hold(which, quarter, length)
        elif self.bookings:
            booking = self.bookings[which % len(self.bookings)]
            booking.refresh_from_db()
            self.act(name, booking, *self.times(quarter, length))

    def times(self, quarter: int, length: int) -> tuple[datetime, datetime]:
        start = DAWN + timedelta(hours=1) + QUARTER * quarter
        return start, start + QUARTER * length

    def hold(self, which: int, quarter: int, length: int) -> None:
        start, end = self.times(quarter, length)
        driver, station = self.drivers[which % 2], self.stations[which // 2 % 2]
        made = self.tried(hold.hold_slot, driver, station=station, start=start, end=end)
        if made:
            self.bookings.append(made)

    def act(self, name: str, booking: Booking, start: datetime, end: datetime) -> None:
        services: dict[str, tuple[Callable[..., Any], User, dict[str, Any]]] = {
            "confirm": (confirm.confirm, booking.driver, {}),
            "cancel": (cancel.cancel, booking.driver, {}),
            "approve": (answer.approve, self.staff, {}),
            "reject": (answer.reject, self.staff, {}),
            "move": (reschedule.reschedule, booking.driver, {"start": start, "end": end}),
            "correct": (correct.correct_slot, self.staff, {"start": start, "end": end, "reason": "x"}),
            "arrive": (visit.arrive, booking.driver, {}),
            "stop": (visit.stop, booking.driver, {}),
            "absent": (visit.mark_no_show, self.staff, {}),
        }
        if name == "arrive":
            self.now = max(self.now, booking.start)
        service, actor, more = services[name]
        self.tried(service, booking, actor=actor, **more)

    def tick(self) -> None:
        for act in (clock.expire_holds, clock.fail_unanswered, clock.mark_no_shows, clock.complete_ended):
            act(self.now)

    def tried(self, service: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """What the service gives, or None where it refuses, which must leave no trace."""
        before = self.traces()
        try:
            return service(*args, now=self.now, **kwargs)
        except DomainError:
            assert self.traces() == before
            return None

    @staticmethod
    def traces() -> tuple[int, int]:
        return AuditEntry.objects.count(), DomainEvent.objects.count()


def no_evse_is_given_twice() -> bool:
    rows = Booking.objects.filter(status__in=BLOCKING).order_by("evse", "start")
    spans = list(rows.values_list("evse", "start", "blocked_until"))
    return all(one[0] != other[0] or other[1] >= one[2] for one, other in pairwise(spans))


def the_history_is_complete(booking: Booking) -> bool:
    """From nothing to its present state by allowed moves (or a change of place), each with audit and event.

    No event tells of a row that only keeps a slot for another. What is paid is no step.
    """
    moves = list(booking.transitions.order_by("id").values_list("from_status", "to_status"))
    linked = all(later[0] == earlier[1] for earlier, later in pairwise(moves))
    allowed = all(old == new or S(new) in ALLOWED[S(old)] for old, new in moves[1:])
    events = DomainEvent.objects.filter(subject=f"booking:{booking.reference}").exclude(
        type="booking.payment"
    )
    audited = AuditEntry.objects.filter(target_id=str(booking.pk)).exclude(action="booking.payment").count()
    told = len(moves) if booking.reference else 0
    return (
        moves[0] == ("", "HELD")
        and moves[-1][1] == booking.status
        and linked
        and allowed
        and events.count() == told
        and len(moves) == audited
    )


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(life_steps=steps)
def test_the_promises_hold_in_every_life(db: None, life_steps: list[Step]) -> None:
    life = Life()
    for step in life_steps:
        life.do(step)
        assert no_evse_is_given_twice()
    mine = Booking.objects.filter(station__in=life.stations)
    assert all(the_history_is_complete(booking) for booking in mine)
    life.now += timedelta(days=2)
    life.tick()
    assert not mine.filter(status__in=BLOCKING).exists()
