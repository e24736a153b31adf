"""What the clock says about bookings: reminders, "your slot is ready", "are you coming?"; each once per start.

A prompt is an event like any other, so that telling, retries and dead letters are the outbox's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from bookings.models import Booking
from bookings.terms import AcceptedTerms
from evbooking.core import events
from evbooking.core.ocpi import ReservationStatus
from notifications.models import Prompt

_BATCH: Final = 200
_LATEST_WINDOW: Final = timedelta(hours=4)  # no terms keep a slot longer for somebody who does not come


@dataclass(frozen=True, slots=True)
class _Rule:
    """`due(booking, terms)` is when the prompt is said; it is left out after `until`, or if booked after `due`."""

    type: str
    ahead: timedelta

    def moment(self, booking: Booking, terms: AcceptedTerms) -> tuple[datetime, datetime]:
        start = booking.start
        if self.type == "booking.slot_ready":
            return terms.arrival_from(start), terms.arrival_until(start)
        if self.type == "booking.no_show_warned":
            end = terms.arrival_until(start)
            return start + (end - start) / 2, end
        return start - self.ahead, start - self.ahead / 4


RULES: Final = (
    _Rule("booking.reminder_day", timedelta(hours=24)),
    _Rule("booking.reminder_hour", timedelta(hours=1)),
    _Rule("booking.slot_ready", timedelta(hours=4)),
    _Rule("booking.no_show_warned", timedelta(0)),
)


def say_prompts(now: datetime) -> int:
    """Publish every prompt that is due and not said yet; returns how many."""
    return sum(_say(rule, now) for rule in RULES)


def _say(rule: _Rule, now: datetime) -> int:
    said = 0
    for booking in _candidates(rule, now).iterator(chunk_size=_BATCH):
        due, until = rule.moment(booking, AcceptedTerms.from_json(booking.terms))
        in_service = not booking.evse.inhibits or rule.type.startswith("booking.reminder")
        if due <= now < until and booking.created_at <= due and in_service:
            said += _publish(rule, booking, now)
    return said


def _candidates(rule: _Rule, now: datetime) -> QuerySet[Booking]:
    """RESERVED bookings near enough in time that have not had this prompt for their present start."""
    said = Prompt.objects.filter(booking=OuterRef("pk"), type=rule.type, start=OuterRef("start"))
    near = Booking.objects.filter(
        status=ReservationStatus.RESERVED,
        reference__isnull=False,
        start__gt=now - _LATEST_WINDOW,
        start__lte=now + rule.ahead,
    )
    return near.exclude(Exists(said)).select_related("evse").order_by("start", "pk")


@transaction.atomic
def _publish(rule: _Rule, booking: Booking, now: datetime) -> bool:
    """False where another clock was faster, or the booking has changed meanwhile."""
    prompt = Prompt(booking=booking, type=rule.type, start=booking.start)
    before = Prompt.objects.filter(booking=booking, type=rule.type, start=booking.start)
    locked = Booking.objects.select_for_update(no_key=True).filter(
        pk=booking.pk, status=ReservationStatus.RESERVED, start=booking.start
    )
    if not locked.exists() or before.exists():
        return False
    prompt.save(force_insert=True)
    events.publish(rule.type, subject=f"booking:{booking.reference}", data=_data(booking), now=now)
    return True


def _data(booking: Booking) -> dict[str, object]:
    return {
        "booking_id": booking.pk,
        "reference": booking.reference,
        "station_id": booking.station_id,
        "evse_uid": booking.evse.uid,
        "driver_id": booking.driver_id,
        "start": booking.start,
        "end": booking.end,
    }
