"""A weekly commute of the demo driver's: eight weeks at one station, one card, the last dates booked later."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from accounts.models import User
from bookings.errors import NothingToBook
from bookings.holds import awaits_payment
from bookings.recurrence import at_site, parse_rule
from bookings.selectors.series import dates_of
from bookings.services.series.asking import SeriesAsk
from bookings.services.series.booking import book_series
from evbooking.core.errors import Invalid
from evbooking.demo.paying import pay
from stations.models import BookingTerms, Station

_RULE: Final = parse_rule("FREQ=WEEKLY;COUNT=8")
_CARD: Final = "pm_card_visa"
_LASTING: Final = timedelta(hours=1)
_HOURS: Final = (9, 10, 14, 16)
_STATIONS: Final = 5


def commute(now: datetime, *, online: bool) -> int:
    """Book it from the next Tuesday on; returns how many dates, 0 where no station has room or nobody drives."""
    driver = User.objects.filter(email="driver@example.org").first()
    if driver is None:
        return 0
    car = driver.vehicles.order_by("pk").first()
    for station, start in _wishes(now, online=online):
        ask = SeriesAsk(station, start, start + _LASTING, _RULE, vehicle=car)
        try:
            series = book_series(driver, ask, now=now).series
        except (Invalid, NothingToBook):
            continue
        dates = list(dates_of(series).select_related("driver"))
        if awaits_payment(dates[0]):
            pay(dates[0], _CARD, now=now)
        return len(dates)
    return 0


def _wishes(now: datetime, *, online: bool) -> Iterator[tuple[Station, datetime]]:
    """Stations that need nobody's answer, each at some hours of the next Tuesday."""
    payment = BookingTerms.Payment.ONLINE if online else BookingTerms.Payment.ON_SITE
    found = Station.objects.public().filter(terms__payment=payment, terms__approval_required=False)
    shown = found.select_related("operator", "terms", "tariff__current").order_by("source_id", "slug")
    tuesday = now.astimezone(UTC).date() + timedelta(days=(1 - now.weekday()) % 7 or 7)
    for station in shown[:_STATIONS]:
        zone = SeriesAsk(station, now, now, _RULE).zone
        for hour in _HOURS:
            wall = datetime(tuesday.year, tuesday.month, tuesday.day, hour)  # noqa: DTZ001 - the site's clock
            if start := at_site(wall, zone):
                yield station, start
