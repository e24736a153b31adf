"""Playing paid bookings through our own services against the sandbox, in the order of time.

The sandbox's clock is turned back, and then led from step to step; what the workers do in between (events,
settling, payouts) is done after each step, as of that instant. In the end both clocks tell the present.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Final

from accounts.models import Operator, User
from bookings.errors import SlotTaken
from bookings.models import Booking
from bookings.services.cancel import cancel
from bookings.services.hold import hold_slot
from bookings.services.visit import arrive, mark_no_show, stop
from evbooking.core.errors import Invalid
from evbooking.core.money import Money
from evbooking.core.relay import relay
from evbooking.demo.payees import open_accounts
from evbooking.demo.paying import pay, sync_disputes
from evbooking.demo.sandbox import Sandbox
from evbooking.demo.trips import DECLINED, Course, Trip, trips
from payments.models import Refund
from payments.services.payouts import pay_out_due, sweep_payouts
from payments.services.settling import refund_booking, settle_due
from payments.services.sweeping import authorise_due

Step = Callable[[datetime], None]
LASTING: Final = timedelta(minutes=60)
_TRIES: Final = 12  # quarters of an hour later, until a slot is free
_BACK: Final = timedelta(days=20)
_PAYOUTS: Final = (timedelta(days=8), timedelta(days=3))


def play(sandbox: Sandbox, *, seed: int, now: datetime) -> int:
    """Have every operator paid at the sandbox and, where it is empty, live through some trips up to `now`.

    Returns how many bookings were paid for.
    """
    is_new = sandbox.turn_back(_BACK)
    administrator = User.objects.get(email="admin@example.org")
    operators = list(Operator.objects.order_by("name"))
    open_accounts(sandbox, operators, actor=administrator, now=now - _BACK if is_new else now)
    if not is_new:
        return 0
    course = _Course(sandbox, administrator, now)
    for trip in trips(now, seed):
        course.at(min(trip.start - trip.ahead, now - timedelta(minutes=30)), _Booker(course, trip))
    for before in _PAYOUTS:
        course.at(now - before, lambda at: (pay_out_due(at), None)[1])
    return course.run()


@dataclass
class _Course:
    """The steps that lie ahead, by their instants."""

    sandbox: Sandbox
    administrator: User
    now: datetime
    paid: int = 0
    _steps: list[tuple[datetime, int, Step]] = field(default_factory=list)
    _number: count[int] = field(default_factory=count)

    def at(self, instant: datetime, step: Step) -> None:
        heapq.heappush(self._steps, (instant, next(self._number), step))

    def run(self) -> int:
        """Do every step up to now, each followed by what the machines do; returns how many were paid."""
        while self._steps and self._steps[0][0] <= self.now:
            instant, _, step = heapq.heappop(self._steps)
            self.sandbox.advance_to(instant)
            step(instant)
            _work(instant)
        self.sandbox.advance_to(self.now)
        sync_disputes(self.now)
        sweep_payouts(self.now)
        _work(self.now)
        return self.paid


def _work(now: datetime) -> None:
    """What workers and beat do all the time."""
    relay()
    authorise_due(now)
    if settle_due(now):
        relay()


@dataclass
class _Booker:
    """Books a trip and pays for it, and plans what becomes of it."""

    course: _Course
    trip: Trip

    def __call__(self, now: datetime) -> None:
        booking = self._hold(now)
        if booking is None:
            return
        if self.trip.declined:
            pay(booking, DECLINED, now=now)
        pay(booking, self.trip.card, now=now)
        self.course.paid += 1
        booking.refresh_from_db()
        self._plan(booking)

    def _hold(self, now: datetime) -> Booking | None:
        """In the first quarter of an hour from the wished one on that is free; None where none is."""
        trip = self.trip
        for quarter in range(_TRIES):
            start = trip.start + quarter * timedelta(minutes=15)
            try:
                return hold_slot(
                    trip.driver.user,
                    station=trip.station,
                    start=start,
                    end=start + LASTING,
                    vehicle=trip.driver.vehicle,
                    now=now,
                )
            except (SlotTaken, Invalid):
                continue
        return None

    def _plan(self, booking: Booking) -> None:
        at, driver = self.course.at, self.trip.driver.user
        match self.trip.course:
            case Course.CANCELED:
                # in time, but with the payment made
                at(booking.start - timedelta(hours=3), lambda now: _cancel(booking, driver, now))
                return
            case Course.NO_SHOW:
                at(booking.start + timedelta(hours=1), lambda now: _not_come(booking, now))
                return
        left = booking.start + timedelta(minutes=25 if self.trip.course == Course.EARLY_END else 55)
        at(booking.start + timedelta(minutes=2), lambda now: _plug_in(booking, driver, now))
        at(left, lambda now: _leave(booking, driver, now))
        if self.trip.course == Course.GOODWILL:
            later = left + timedelta(hours=5)
            at(later, lambda now: _give_back(booking, self.course.administrator, now))


def _plug_in(booking: Booking, driver: User, now: datetime) -> None:
    booking.refresh_from_db()
    arrive(booking, actor=driver, now=now)


def _leave(booking: Booking, driver: User, now: datetime) -> None:
    booking.refresh_from_db()
    stop(booking, actor=driver, now=now)


def _cancel(booking: Booking, driver: User, now: datetime) -> None:
    booking.refresh_from_db()
    cancel(booking, actor=driver, now=now)


def _not_come(booking: Booking, now: datetime) -> None:
    booking.refresh_from_db()
    mark_no_show(booking, actor=None, now=now)


def _give_back(booking: Booking, administrator: User, now: datetime) -> None:
    refund_booking(
        booking,
        amount=Money.from_json({"amount": "1.00", "currency": booking.currency}),
        reason=Refund.Reason.GOODWILL,
        words="The charge point was blocked for ten minutes.",
        actor=administrator,
        now=now,
    )
