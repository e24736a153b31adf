"""The dates of a series of weekly hours, and what is read of them."""

from collections.abc import Callable
from datetime import timedelta

from bookings.models import Series
from bookings.selectors.series import dates_of
from evbooking.core.models import DomainEvent
from evbooking.core.relay import relay
from payments.ledger.checking import check_ledger
from payments.tests.paying import NOW

HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)
FIRST = NOW + timedelta(days=1)  # near: within five days of now
Book = Callable[..., Series]


def states(series: Series) -> list[tuple[str, str, str]]:
    return [(one.status, one.payment_status, f"{one.secured_amount:.2f}") for one in dates_of(series)]


def told(prefix: str = "series.") -> list[str]:
    found = DomainEvent.objects.filter(type__startswith=prefix).order_by("sequence")
    return list(found.values_list("type", flat=True))


def assert_books_are_clean() -> None:
    while relay():
        pass
    assert check_ledger(NOW + timedelta(hours=1)) == []
