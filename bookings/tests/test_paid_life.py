"""Random lives of bookings paid online: payments come early, late, twice or never, and every promise holds."""

from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

import pytest
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bookings.holds import NOTHING_TO_PAY
from bookings.models import BLOCKING, Booking
from bookings.services import paying, replacing
from bookings.tests.test_life import Life, Step, the_history_is_complete
from bookings.transitions import CHANGEABLE
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import BookingTerms
from tests.undone import undone

_PAYMENTS = ("pay", "secured", "unpaid")
_OTHERS = ("wait", "tick", "cancel", "approve", "correct", "arrive", "stop")
_OFTEN = (*["hold"] * 4, *["pay"] * 2, *["secured"] * 7, *["move"] * 7)
steps = st.lists(
    st.tuples(
        st.sampled_from((*_OFTEN, "unpaid", *_OTHERS)),
        st.integers(0, 7),
        st.integers(0, 23),
        st.integers(1, 4),
    ),
    min_size=30,
    max_size=60,
)


class PaidLife(Life):
    """The same, paid online. Payments know the bookings and every row that ever kept a slot for one."""

    def __init__(self) -> None:
        super().__init__()
        BookingTerms.objects.update(payment="ONLINE")
        for station in self.stations:
            station.refresh_from_db()

    def act(self, name: str, booking: Booking, start: datetime, end: datetime) -> None:
        if name not in _PAYMENTS:
            return super().act(name, booking, start, end)
        kept = booking.replacements.order_by("created_at").last()
        if kept is not None:
            return self.pay_difference(name, booking, kept)
        return self.pay(name, booking)

    def pay(self, name: str, booking: Booking) -> None:
        held = booking.status == S.HELD
        if name == "pay" and held:
            paying.note_payment(booking, Booking.PaymentStatus.PROCESSING, now=self.now)
        elif name == "secured":
            paid: dict[str, Any] = {"status": Booking.PaymentStatus.SECURED}
            self.tried(paying.confirm_secured, booking, secured_amount=booking.total_amount, **paid)
        elif name == "unpaid":
            self.tried(paying.expire_hold if held else lose, booking)

    def pay_difference(self, name: str, booking: Booking, kept: Booking) -> None:
        if name == "pay" and kept.status == S.HELD:
            paying.note_payment(kept, Booking.PaymentStatus.PROCESSING, now=self.now)
        elif name == "secured":
            self.tried(replacing.complete_reschedule, booking, kept, actor=None)
        elif name == "unpaid":
            replacing.drop_replacement(kept, now=self.now)

    def ask_about_every_payment(self) -> None:
        """What payments' sweeper does: none of those that are still under way has come."""
        for booking in Booking.objects.filter(status=S.HELD):
            paying.expire_hold(booking, now=self.now)


def lose(booking: Booking, *, now: datetime) -> Booking:
    return paying.lose_payment(booking, reason="The card was declined.", now=now)


def no_evse_serves_two() -> bool:
    """No two rows of different bookings occupy one EVSE at the same time."""
    rows = Booking.objects.filter(status__in=BLOCKING).values_list(
        "evse", "start", "blocked_until", "replaces", "pk"
    )
    return all(
        one[0] != other[0]
        or (one[3] or one[4]) == (other[3] or other[4])
        or one[2] <= other[1]
        or other[2] <= one[1]
        for one, other in combinations(rows, 2)
    )


def nothing_is_promised_unpaid() -> bool:
    promised = Booking.objects.filter(status__in=(*CHANGEABLE, S.FULFILLED))
    return not promised.exclude(payment_status__in=NOTHING_TO_PAY - {Booking.PaymentStatus.NONE}).exists()


def what_is_kept_is_kept_for_somebody() -> bool:
    """A slot is kept for a booking that can still move there, and dearer than what it has."""
    kept = Booking.objects.filter(replaces__isnull=False, status=S.HELD)
    orphans = kept.exclude(replaces__status__in=CHANGEABLE).exists()
    return not orphans and not kept.filter(total_amount__lte=F("replaces__total_amount")).exists()


@pytest.mark.django_db
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(life_steps=steps)
def test_the_promises_hold_in_every_life_that_is_paid(life_steps: list[Step]) -> None:
    with undone():
        life = PaidLife()
        for step in life_steps:
            life.do(step)
            assert no_evse_serves_two()
            assert nothing_is_promised_unpaid()
            assert what_is_kept_is_kept_for_somebody()
        assert all(the_history_is_complete(booking) for booking in Booking.objects.all())
        life.now += timedelta(days=2)
        life.ask_about_every_payment()
        life.tick()
        assert not Booking.objects.filter(status__in=BLOCKING).exists()
