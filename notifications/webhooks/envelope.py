"""What is sent: a CloudEvent (1.0, structured mode) whose data speak as the API does, and of no person."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from bookings.models import Booking
from charging.models import Session
from evbooking.core.api.json import decimal_string, dumps
from evbooking.core.cloudevents import PREFIX, cloudevent
from evbooking.core.models import DomainEvent
from evbooking.core.money import Money
from notifications.webhooks.catalogue import PING
from stations.models import Station

VERSION = 1
Json = dict[str, Any]


def envelope(event: DomainEvent, name: str) -> str:
    """The whole body as JSON; `id` is the event's, by which receivers tell what they have had already."""
    outer = cloudevent(event) | {"type": f"{PREFIX}.{name}.v{VERSION}", "data": _data(event, name)}
    del outer["dataschema"]  # that of our own event; these data are described in docs/webhooks.md
    return dumps(outer).decode()


def _data(event: DomainEvent, name: str) -> Json:
    if name == PING:
        return {"webhook": event.data["endpoint_id"]}
    kind = name.partition(".")[0]
    return {"booking": _booking_data, "session": _session_data, "station": _station_data}[kind](event)


def _booking_data(event: DomainEvent) -> Json:
    """The slot and state as they were when it happened; in `previous` those that were others before."""
    booking = Booking.objects.select_related("station").get(pk=event.data["booking_id"])
    return {
        "booking": {
            "reference": booking.reference,
            "status": event.data["status"],
            "station": _station(booking.station),
            "evse_uid": event.data["evse_uid"],
            "connector": booking.connector,
            "start": event.data["start"],
            "end": event.data["end"],
            "energy_kwh": booking.energy_kwh,
            "total": Money(booking.total_amount, booking.currency),
            "payment": {"status": booking.payment_status},
            "fee": Money(booking.fee_amount, booking.currency),
            "canceled_by": booking.canceled_by or None,
            "canceled_reason": booking.canceled_reason or None,
        },
        "previous": _previous(event.data["before"] or {}, booking.currency),
    }


def _previous(before: Mapping[str, Any], currency: str) -> Json:
    previous = {name: before[name] for name in ("status", "evse_uid", "start", "end") if name in before}
    if "total" in before:
        previous["total"] = Money(Decimal(before["total"]), currency)
    if "payment_status" in before:
        previous["payment"] = {"status": before["payment_status"]}
    return previous


def _session_data(event: DomainEvent) -> Json:
    session = Session.objects.select_related("station").get(pk=event.data["session_id"])
    after, before = event.data["after"], event.data["before"] or {}
    return {
        "session": {
            "id": session.pk,
            "booking": event.data["reference"],
            "station": _station(session.station),
            "evse_uid": event.data["evse_uid"],
            "connector": session.connector,
            "status": after["status"],
            "start": session.start,
            "end": after["end"],
            "energy_kwh": decimal_string(session.kwh) if after["kwh"] is None else str(after["kwh"]),
        },
        "previous": {name: before[name] for name in ("status", "end") if name in before},
    }


def _station_data(event: DomainEvent) -> Json:
    """`changed` names the fields; what they are now stands in GET /operator/stations/{id}."""
    station = Station.objects.get(pk=event.data["station_id"])
    after = event.data["after"] or {}
    closed = {
        name: event.data[name] for name in ("start", "end", "evse_uid", "closure") if name in event.data
    }
    return {
        "station": {**_station(station), "approval": after.get("approval", station.approval)},
        "changed": sorted(after),
        **({"closed": closed} if event.type == "station.closed" else {}),
        "reason": event.data.get("reason", ""),
    }


def _station(station: Station) -> Json:
    return {"id": station.pk, "slug": station.slug, "name": station.name, "time_zone": station.time_zone}
