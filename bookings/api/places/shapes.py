"""Stations as the API writes them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from bookings.availability import Offer, Plug, Unit, energy_price_from
from bookings.selectors import FoundStation, ShownStatus
from evbooking.core.api.json import decimal_string, instant
from evbooking.core.money import Money
from stations.models import StationImage
from stations.versions import tariff_of


def station_json(found: FoundStation) -> dict[str, Any]:
    """A station in a list."""
    offer = found.offer
    return {
        "id": str(offer.id),
        "slug": offer.slug,
        "name": offer.name,
        "operator": {"id": str(offer.operator_id), "name": offer.operator_name},
        "address": offer.address,
        "city": offer.city,
        "postal_code": offer.postal_code,
        "country": offer.country,
        "latitude": offer.latitude,
        "longitude": offer.longitude,
        "time_zone": offer.zone.key,
        "distance_km": None if found.distance_km is None else round(found.distance_km, 3),
        "max_power_kw": decimal_string(offer.max_power_kw),
        "evse_count": len(offer.units),
        "available_count": found.available_count,
        "connectors": _connector_counts(offer),
        "price_from": price_from_json(energy_price_from(offer.tariff) if offer.tariff else None),
        "opening_times": offer.opening_times,
        "status": found.status,
        "last_updated": instant(offer.last_updated),
    }


def station_detail_json(found: FoundStation, images: Iterable[StationImage]) -> dict[str, Any]:
    """A station with its EVSEs, tariff, terms and pictures."""
    offer = found.offer
    return station_json(found) | {
        "evses": [_evse_json(offer, *pair) for pair in zip(offer.units, found.statuses, strict=True)],
        "tariff": offer.tariff.document if offer.tariff else None,
        "booking_terms": _terms_json(offer),
        "facilities": list(offer.facilities),
        "images": [
            {"url": image.file.url, "alt": image.alt, "width": image.width, "height": image.height}
            for image in images
        ],
    }


def _terms_json(offer: Offer) -> dict[str, Any] | None:
    if offer.terms is None or offer.tariff is None:
        return None
    return offer.terms.as_offer(tariff_of(offer.tariff).currency)


def price_from_json(price: Money | None) -> dict[str, Any] | None:
    return None if price is None else {"per_kwh": price.as_json()}


def _connector_counts(offer: Offer) -> list[dict[str, Any]]:
    """How many EVSEs have each standard, and the most that one of them gives, strongest first."""
    powers: dict[str, list[Decimal]] = {}
    for unit in offer.units:
        best: dict[str, Decimal] = {}
        for plug in unit.plugs:
            best[plug.standard] = max(plug.power_kw, best.get(plug.standard, Decimal(0)))
        for standard, power in best.items():
            powers.setdefault(standard, []).append(power)
    return [
        {"standard": standard, "count": len(found), "max_power_kw": decimal_string(max(found))}
        for standard, found in sorted(powers.items(), key=lambda item: (-max(item[1]), item[0]))
    ]


def _evse_json(offer: Offer, unit: Unit, shown: ShownStatus) -> dict[str, Any]:
    return {
        "uid": unit.uid,
        "evse_id": unit.evse_id or None,
        "physical_reference": unit.physical_reference or None,
        "floor_level": unit.floor_level or None,
        "status": shown.status,
        "status_since": None if shown.since is None else instant(shown.since),
        "stale": shown.stale,
        "disabled_bay": unit.disabled_bay,
        "connectors": [_connector_json(plug) for plug in unit.plugs],
        "bookable": offer.bookable and unit.bookable and bool(unit.plugs),
    }


def _connector_json(plug: Plug) -> dict[str, Any]:
    return {
        "id": plug.connector_id,
        "standard": plug.standard,
        "format": plug.format,
        "power_type": plug.power_type,
        "max_power_kw": decimal_string(plug.power_kw),
    }
