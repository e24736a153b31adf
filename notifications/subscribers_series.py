"""Recurring bookings: one message about many dates, where each date's own event says that it is told with them."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership
from bookings.models import Booking, Series
from bookings.selectors.series import dates_of
from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent
from evbooking.core.money import Money
from notifications.services.telling import News, tell

_KINDS: Final = {
    "series.booked": "series_booked",
    "series.changed": "series_changed",
    "series.canceled": "series_canceled",
}


@subscribe(*_KINDS, handler="notifications.series")
def tell_of_series(event: DomainEvent) -> None:
    """The driver, and the people of the station."""
    related = ("driver", "station__operator")
    series = Series.objects.select_related(*related).filter(pk=event.data["series_id"]).first()
    if series is None:
        return
    facts = _facts(series, event)
    path = reverse("bookings:series", args=[series.pk])
    tell(News(event, _KINDS[event.type], facts, path), [series.driver], now=timezone.now())
    members = Membership.objects.filter(operator=series.station.operator_id).select_related("user")
    team = [member.user for member in members.order_by("user")]
    named = {"driver": series.driver.get_full_name(), "act": event.type.partition(".")[2]}
    tell(News(event, "owner_series", facts | named, reverse("desk:bookings")), team, now=timezone.now())


@subscribe("series.missed", handler="notifications.series_missed")
def tell_of_missed_date(event: DomainEvent) -> None:
    """The driver, that a date was not booked by itself; the operator's people have lost nothing."""
    series = (
        Series.objects.select_related("driver", "station__operator")
        .filter(pk=event.data["series_id"])
        .first()
    )
    if series is None:
        return
    start = datetime.fromisoformat(event.data["starts"][0])
    facts = {
        **_place(series),
        "series": series.pk,
        "start": start,
        "end": start + timedelta(minutes=series.duration_minutes),
        "problem": event.data["problem"],
    }
    path = reverse("stations:detail", args=[series.station.slug])
    tell(News(event, "series_missed", facts, path), [series.driver], now=timezone.now())


def is_told_with_series(booking: Booking, event: DomainEvent) -> bool:
    """Whether an event of one date is told with the rest; of holds that run out together, by the first of them."""
    if event.data.get("told_with_series"):
        return True
    if event.type != "booking.expired" or booking.series is None:
        return False
    return dates_of(booking.series).values_list("pk", flat=True).first() != booking.pk


def _facts(series: Series, event: DomainEvent) -> dict[str, Any]:
    starts = event.data["starts"]
    first = Booking.objects.filter(series=series, start=starts[0]).order_by("-last_updated").first()
    facts = {
        **_place(series),
        "series": series.pk,
        "count": len(starts),
        "starts": starts,
        "start": starts[0],
        "end": first.end if first else starts[0],
    }
    amounts = {"price": event.data.get("total"), "fee": event.data.get("fee")}
    money = {name: _money(amount, event.data["currency"]) for name, amount in amounts.items() if amount}
    return facts | money


def _place(series: Series) -> dict[str, Any]:
    station = series.station
    return {
        "station": station.name,
        "operator": station.operator.name,
        "address": ", ".join(part for part in (station.address, station.city) if part),
        "zone": series.time_zone,
    }


def _money(amount: str, currency: str) -> dict[str, str]:
    return Money.from_json({"amount": amount, "currency": currency}).as_json()
