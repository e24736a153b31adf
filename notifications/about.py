"""The facts that messages about bookings are made of."""

from typing import Any, Final

from bookings.models import Booking, WaitlistEntry
from bookings.terms import AcceptedTerms
from evbooking.core.models import DomainEvent
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus
from stations.models import EVSE

# a cancellation by the driver, or by themselves, as the people of the station read it
_OWN_WORD: Final = {"DRIVER": "driver", "OPERATOR": "own"}

# a slot that is lost has no price any more; what it costs all the same is the fee
_LOST: Final = frozenset(
    {"booking.canceled", "booking.rejected", "booking.failed", "booking.expired", "booking.no_show"}
)
_OFFERS: Final = frozenset({"booking.held", "booking.expired", "booking.canceled"})


def booking_of(event: DomainEvent) -> Booking | None:
    """The booking of a booking's event, with what facts need; None where it is gone."""
    related = ("driver", "evse", "station__operator", "origin")
    return Booking.objects.select_related(*related).filter(pk=event.data["booking_id"]).first()


def is_only_offered(booking: Booking, event: DomainEvent) -> bool:
    """Whether this is an offer of the waiting list that was held, or ended, without being taken: told as that."""
    if booking.origin is None or event.type not in _OFFERS:
        return False
    before = event.data["before"]
    ended_as_offer = booking.origin.status != WaitlistEntry.Status.ACCEPTED
    return before is None or (before["status"] == ReservationStatus.HELD and ended_as_offer)


def booking_facts(booking: Booking, event: DomainEvent) -> dict[str, Any]:
    """What the driver may be told: the slot as it was when the event happened, the rest as it is."""
    terms = AcceptedTerms.from_json(booking.terms)
    slot = {"start": event.data["start"], "end": event.data["end"]}
    facts: dict[str, Any] = {
        **slot,
        "station": booking.station.name,
        "operator": booking.station.operator.name,
        "address": ", ".join(part for part in (booking.station.address, booking.station.city) if part),
        "zone": booking.station.time_zone,
        "evse": evse_label(booking.evse),
        "reference": booking.reference,
        "price": None if event.type in _LOST else _money(booking, booking.total_amount),
        "until": booking.hold_expires_at,
        "answer_by": booking.answer_by,
        "arrive_until": terms.arrival_until(booking.start),
        "cancel_until": terms.cancel_free_until(booking.start),
        "noshow_fee": _money(booking, terms.noshow_fee_amount),
        "fee": _money(booking, booking.fee_amount),
        "who": booking.canceled_by,
        "reason": _reason(booking, event),
    }
    if event.type == "booking.rescheduled":
        facts["before"] = event.data["before"]
    return facts


def owner_facts(booking: Booking, event: DomainEvent) -> dict[str, Any]:
    """What the station's people are told besides: who the driver is, and "by whom" from where they stand."""
    return {
        "driver": booking.driver.get_full_name(),
        "who": _OWN_WORD.get(booking.canceled_by, booking.canceled_by),
        "asks": event.type == "booking.pending",
    }


def evse_label(evse: EVSE) -> str:
    """What stands on the charge point, else its uid."""
    return evse.physical_reference or evse.uid


def _reason(booking: Booking, event: DomainEvent) -> str:
    """Only what a person wrote or chose for another; the system's own remarks explain nothing to them."""
    told = event.data.get("reason", "") or ""
    canceled_by_driver = booking.canceled_by == Booking.CanceledBy.DRIVER
    return "" if canceled_by_driver or event.type == "booking.reserved" else told


def _money(booking: Booking, amount: Any) -> dict[str, str]:
    return Money(amount, booking.currency).as_json()
