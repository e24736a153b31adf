"""Which event tells whom what. The words are the catalogues' (words/), how and when services.telling's."""

from collections.abc import Iterable
from typing import Any, Final

from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from bookings.links import offer_path
from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent
from evbooking.core.ocpi import ReservationStatus
from notifications import about
from notifications.services.overtaken import skip_overtaken
from notifications.services.telling import News, tell
from notifications.subscribers_series import is_told_with_series
from stations.models import EVSE, Station

_DRIVER_KINDS: Final = {
    "booking.held": "booking_held",
    "booking.pending": "booking_pending",
    "booking.reserved": "booking_reserved",
    "booking.rescheduled": "booking_changed",
    "booking.canceled": "booking_canceled",
    "booking.rejected": "booking_rejected",
    "booking.failed": "booking_rejected",
    "booking.expired": "hold_expired",
    "booking.no_show": "noshow_marked",
    "booking.reminder_day": "reminder_day",
    "booking.reminder_hour": "reminder_hour",
    "booking.slot_ready": "slot_ready",
    "booking.no_show_warned": "noshow_warned",
}
_OWNER_KINDS: Final = {
    "booking.pending": "owner_booking",
    "booking.reserved": "owner_booking",
    "booking.canceled": "owner_cancellation",
}
_STATION_KINDS: Final = {
    "station.submitted": "station_submitted",
    "station.approved": "station_approved",
    "station.rejected": "station_rejected",
}


@subscribe(*_DRIVER_KINDS, handler="notifications.bookings")
def tell_of_booking(event: DomainEvent) -> None:
    """The driver, and the people of the station; a helper row of a reschedule has nobody to be told."""
    booking = about.booking_of(event)
    if booking is None or booking.reference is None or about.is_only_offered(booking, event):
        return
    kind = _DRIVER_KINDS[event.type]
    skip_overtaken(booking.driver_id, kind=kind, reference=booking.reference, now=timezone.now())
    if is_told_with_series(booking, event):
        return
    path = reverse("bookings:detail", args=[booking.reference])
    facts = about.booking_facts(booking, event)
    _tell(event, kind, [booking.driver], facts, path)
    owner_kind = _OWNER_KINDS.get(event.type)
    if owner_kind and not _was_asked_before(event):
        desk = reverse("desk:booking", args=[booking.reference])
        _tell(event, owner_kind, _team(booking.station), facts | about.owner_facts(booking, event), desk)


@subscribe("waitlist.offered", handler="notifications.waitlist")
def tell_of_offer(event: DomainEvent) -> None:
    """Who is first in line, with the link that answers; unless the offer is over already."""
    booking = about.booking_of(event)
    if booking is not None and booking.status == ReservationStatus.HELD:
        facts = about.booking_facts(booking, event)
        _tell(event, "waitlist_offer", [booking.driver], facts, offer_path(booking))


@subscribe(*_STATION_KINDS, handler="notifications.stations")
def tell_of_station(event: DomainEvent) -> None:
    """The operator's people, and of a submission the administrators."""
    station = Station.objects.select_related("operator").get(pk=event.data["station_id"])
    facts = {
        "station": station.name,
        "operator": station.operator.name,
        "reason": event.data.get("reason", ""),
    }
    if event.type == "station.submitted":
        review = reverse("console:station", args=[station.pk])
        _tell(event, "admin_queue", _administrators(), facts, review)
    own = reverse("operator:station", args=[station.pk])
    _tell(event, _STATION_KINDS[event.type], _team(station), facts, own)


@subscribe("evse.out_of_service", handler="notifications.faults")
def tell_of_fault(event: DomainEvent) -> None:
    """The operator's people, of a fault; other causes are their own doing."""
    if EVSE.Inhibit.FAULT not in event.data["after"].get("inhibits", []):
        return
    evse = EVSE.objects.select_related("station").get(uid=event.data["evse_uid"])
    facts = {"station": evse.station.name, "evse": about.evse_label(evse)}
    _tell(
        event,
        "owner_fault",
        _team(evse.station),
        facts,
        reverse("operator:station", args=[evse.station_id]),
    )


@subscribe("sign_in.new_device", handler="notifications.signins")
def tell_of_sign_in(event: DomainEvent) -> None:
    facts = {"browser": event.data["browser"], "at": event.occurred_at}
    _tell(event, "new_device", _person(event.data["user_id"]), facts, reverse("usersessions_list"))


@subscribe("phone.disabled", handler="notifications.phones")
def tell_of_number(event: DomainEvent) -> None:
    facts = {"number": event.data["number"], "error": event.data["error"], "code": event.data["error_code"]}
    _tell(event, "sms_disabled", _person(event.data["user_id"]), facts, reverse("accounts:profile"))


@subscribe("outbox.failures", handler="notifications.failures")
def tell_of_failures(event: DomainEvent) -> None:
    facts = {"dead": event.data["dead"], "failed": event.data["failed"]}
    _tell(event, "admin_failures", _administrators(), facts, reverse("outbox:home"))


def _tell(
    event: DomainEvent, kind: str, recipients: Iterable[User], facts: dict[str, Any], path: str
) -> None:
    tell(News(event, kind, facts, path), recipients, now=timezone.now())


def _was_asked_before(event: DomainEvent) -> bool:
    """A booking that the operator's people approved themselves is no news to them."""
    before = event.data.get("before") or {}
    return event.type == "booking.reserved" and before.get("status") == "PENDING"


def _team(station: Station) -> list[User]:
    members = Membership.objects.filter(operator=station.operator_id).select_related("user")
    return [member.user for member in members.order_by("user")]


def _administrators() -> list[User]:
    return list(User.objects.filter(is_staff=True, is_active=True).order_by("pk"))


def _person(user_id: str) -> list[User]:
    return list(User.objects.filter(pk=user_id))
