"""For the demo: a webhook of the operator's that the message sandbox receives, and two announcements."""

from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Q

from accounts.models import Operator, User
from evbooking.core.ocpi import ReservationStatus
from notifications.models import Announcement
from notifications.services.announcing import Draft, announce
from notifications.services.webhooks.endpoints import create_webhook, ping
from notifications.webhooks.catalogue import EVENTS
from stations.models import Station

_TO_DRIVERS: Final[dict[str, Any]] = {
    "title": "The entrance moves",
    "body": "From Monday on please use the gate in the north.\n\nThe charge points stay where they are.",
    "title_de": "Die Einfahrt zieht um",
    "body_de": "Bitte nehmen Sie ab Montag das Tor im Norden.\n\nDie Ladepunkte bleiben, wo sie sind.",
}
_TO_OPERATORS: Final[dict[str, Any]] = {
    "title": "Webhooks are here",
    "body": "Your programs can now be told of bookings as they happen: see Webhooks on your pages.",
}


def add_partners(now: datetime) -> int:
    """Have operator@ listen, where a sandbox answers, and announce; returns how many announcements."""
    owner = User.objects.filter(email="operator@example.org").first()
    administrator = User.objects.filter(email="admin@example.org").first()
    operator = Operator.objects.filter(members=owner).first() if owner else None
    if owner is None or administrator is None or operator is None:
        return 0
    _listen(operator, owner, now)
    announce(
        Draft(audience=Announcement.Audience.OPERATORS, **_TO_OPERATORS),
        operator=None,
        actor=administrator,
        now=now,
    )
    return 1 + _tell_drivers(operator, owner, now)


def _listen(operator: Operator, owner: User, now: datetime) -> None:
    if not (settings.MESSAGE_SANDBOX_URL and settings.EVB_WEBHOOK_LOOPBACK):
        return
    url = f"{settings.MESSAGE_SANDBOX_URL}/hooks/planning"
    endpoint = create_webhook(
        operator, url=url, events=list(EVENTS), description="Our planning", actor=owner, now=now
    )
    ping(endpoint, actor=owner, now=now)


def _tell_drivers(operator: Operator, owner: User, now: datetime) -> int:
    """At the station with the fewest bookings to come, so that the sandbox is not full of it; 0 where none has any."""
    to_come = Q(bookings__status=ReservationStatus.RESERVED, bookings__end__gt=now)
    stations = Station.objects.filter(operator=operator).annotate(n=Count("bookings", filter=to_come))
    station = stations.filter(n__gt=0).order_by("n", "slug").first()
    if station is None:
        return 0
    draft = Draft(audience=Announcement.Audience.BOOKED, station_ids=[station.pk], **_TO_DRIVERS)
    announce(draft, operator=operator, actor=owner, now=now)
    return 1
