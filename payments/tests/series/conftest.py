"""Series to pay for."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.models import User
from bookings.models import Series
from bookings.recurrence import parse_rule
from bookings.selectors.series import dates_of
from bookings.services.series.asking import SeriesAsk
from bookings.services.series.booking import book_series
from payments.services.checkout import start_checkout
from payments.services.sync import sync_payment
from payments.tests.paying import NOW, VISA
from payments.tests.series.dates import FIRST, HOUR, Book
from stations.models import Station

Pay = Callable[..., str]


@pytest.fixture
def held(online_station: Callable[..., Station], driver: User) -> Book:
    """`held(rrule, **terms)`: a series of weekly hours at 5.50 EUR, the first tomorrow, HELD for its checkout."""

    def make(rrule: str = "FREQ=WEEKLY;COUNT=3", *, station: Station | None = None, **terms: Any) -> Series:
        where = station or online_station(**terms)
        return book_series(driver, SeriesAsk(where, FIRST, FIRST + HOUR, parse_rule(rrule)), now=NOW).series

    return make


@pytest.fixture
def paid(held: Book, pay: Pay) -> Book:
    """The same, with the card saved."""

    def make(rrule: str = "FREQ=WEEKLY;COUNT=3", *, card: str = VISA, **more: Any) -> Series:
        series = held(rrule, **more)
        checkout = start_checkout(dates_of(series)[0], now=NOW)
        pay(checkout, card)
        sync_payment(checkout.payment, now=NOW)
        return series

    return make
