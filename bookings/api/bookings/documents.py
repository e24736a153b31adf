"""Bookings as JSON. Plain functions, because these are the answers that are asked for most."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.urls import reverse

from bookings.holds import awaits_payment
from bookings.models import BILLED, Booking, BookingTransition
from bookings.services.cancel import Cancellation
from bookings.terms import AcceptedTerms
from charging.api.documents import bill_document
from charging.selectors import bill_of_booking, session_id_of
from evbooking.core.money import Money
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import Station

_ACTIONS = {
    S.HELD: ("confirm", "cancel"),
    S.PENDING: ("reschedule", "cancel"),
    S.RESERVED: ("reschedule", "cancel", "start"),
    S.FULFILLED: ("stop",),
}


_CHARGED = frozenset({S.FULFILLED, S.COMPLETED})


def booking_document(booking: Booking) -> dict[str, Any]:
    """The booking object of the API. Needs station, evse and tariff_version loaded."""
    return {
        "reference": booking.reference,
        "request_id": booking.request_id,
        "status": booking.status,
        "hold_expires_at": booking.hold_expires_at if booking.status == S.HELD else None,
        "answer_by": booking.answer_by if booking.status == S.PENDING else None,
        "station": station_document(booking.station),
        "evse_uid": booking.evse.uid,
        "connector": booking.connector,
        "start": booking.start,
        "end": booking.end,
        "vehicle": booking.vehicle_id,
        "energy_kwh": booking.energy_kwh,
        "power_kw": booking.power_kw,
        "quote": booking.quote,
        "booking_terms": _terms(booking),
        "tariff": booking.tariff_version.document,
        "payment": {
            "required": booking.payment_status == Booking.PaymentStatus.REQUIRED,
            "status": booking.payment_status,
        },
        "fee": Money(booking.fee_amount, booking.currency),
        "canceled_by": booking.canceled_by or None,
        "canceled_reason": booking.canceled_reason or None,
        "arrived_at": booking.arrived_at,
        "stopped_at": booking.stopped_at,
        "series": booking.series_id,
        "links": _links(booking),
        "created_at": booking.created_at,
        "last_updated": booking.last_updated,
    }


def history_document(booking: Booking, steps: Iterable[BookingTransition]) -> list[dict[str, Any]]:
    """The steps of a booking; people appear as what they are to it, not by name."""
    return [
        {
            "at": step.at,
            "from": step.from_status or None,
            "to": step.to_status,
            "actor": _actor(step.actor_id, booking),
            "reason": step.reason,
        }
        for step in steps
    ]


def operator_document(booking: Booking) -> dict[str, Any]:
    """The booking as its operator sees it: with the driver's name, and whether its EVSE is in service."""
    return {
        **booking_document(booking),
        "driver": {"name": booking.driver.get_full_name() if booking.driver.name else ""},
        "out_of_service": bool(booking.evse.inhibits),
    }


def charged_document(booking: Booking) -> dict[str, Any]:
    """What came of the visit: the session's id since it began, and the bill that stands once it is over."""
    status = S(booking.status)
    session = session_id_of(booking.reference or "") if status in _CHARGED else None
    bill = bill_of_booking(booking.reference or "") if status in BILLED else None
    return {"session": session, "bill": bill and bill_document(bill)}


def cancellation_document(booking: Booking, cancellation: Cancellation) -> dict[str, Any]:
    return {
        "reference": booking.reference,
        "status": booking.status,
        "fee": cancellation.fee,
        "refund": cancellation.refund,
    }


def replacement_document(booking: Booking, replacement: Booking) -> dict[str, Any]:
    """What is kept for a booking while the difference in price is paid."""
    difference = replacement.total_amount - booking.total_amount
    return {
        "status": "payment_required",
        "replacement": {
            "hold_expires_at": replacement.hold_expires_at,
            "start": replacement.start,
            "end": replacement.end,
            "evse_uid": replacement.evse.uid,
        },
        "difference": Money(difference, booking.currency),
    }


def station_document(station: Station) -> dict[str, Any]:
    """What a booking says of its station."""
    return {
        "id": station.pk,
        "slug": station.slug,
        "name": station.name,
        "address": station.address,
        "city": station.city,
        "country": station.country,
        "latitude": station.latitude,
        "longitude": station.longitude,
        "time_zone": station.time_zone,
    }


def _terms(booking: Booking) -> dict[str, Any]:
    return AcceptedTerms.from_json(booking.terms).as_offer(booking.currency)


def _links(booking: Booking) -> dict[str, str]:
    here = reverse("booking", args=[booking.reference])
    actions = ("checkout", "cancel") if awaits_payment(booking) else _ACTIONS.get(S(booking.status), ())
    return {"self": here, **{name: f"{here}/{name}" for name in actions}}


def _actor(actor_id: UUID | None, booking: Booking) -> str:
    if actor_id is None:
        return "system"
    return "driver" if actor_id == booking.driver_id else "operator"
