"""What lets watches look, and who is told of what they saw."""

from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils import timezone

from bookings.event_types import FREEING_EVENTS
from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent
from notifications.models import Watch
from notifications.selectors.watches import is_watched
from notifications.services.telling import News, tell
from notifications.services.watches.looking import note_change
from stations.models import Station

_FREEING: Final = (*FREEING_EVENTS, "station.changed", "station.approved", "evse.in_service", "evse.status")
# what takes capacity is seen as well: there has to be none for a while before the next edge counts
_TAKING: Final = ("booking.held", "evse.out_of_service", "station.closed", "station.suspended")


@subscribe(*_FREEING, *_TAKING, handler="notifications.watched")
def note_watched_change(event: DomainEvent) -> None:
    """Only noted; a pump of its own looks."""
    station_id = UUID(event.data["station_id"])
    if is_watched(station_id, timezone.now()):
        note_change(station_id, now=event.occurred_at)


@subscribe("watch.free", handler="notifications.watches")
def tell_who_watches(event: DomainEvent) -> None:
    """Everybody whose watch still stands, each about their own slot, with the link that ends it."""
    station = Station.objects.get(pk=event.data["station_id"])
    told = {UUID(each["watch_id"]): each for each in event.data["watches"]}
    watches = Watch.objects.filter(pk__in=told, paused_at=None).select_related("user").order_by("pk")
    path = reverse("stations:detail", args=[station.slug])
    place = {"station": station.name, "zone": station.time_zone, "address": _address(station)}
    now = timezone.now()
    for kind, about_slots in (("watch_free", False), ("watch_slot", True)):
        some = [watch for watch in watches if bool(told[watch.pk]["start"]) == about_slots]
        own = {watch.user_id: _own(watch, told[watch.pk]) for watch in some}
        news = News(event, kind, place, path, personal=own)
        tell(news, {watch.user_id: watch.user for watch in some}.values(), now=now)


def _own(watch: Watch, told: dict[str, Any]) -> dict[str, Any]:
    return {
        "watch": watch.pk,
        "free": told["free"],
        "connector": watch.get_connector_display() if watch.connector else "",
        "start": told["start"],
        "end": told["end"],
    }


def _address(station: Station) -> str:
    return ", ".join(part for part in (station.address, station.city) if part)
