"""One slot as a driver sees it before the commitment: what it is, what it costs, whether it is still free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from accounts.models import Vehicle
from bookings.availability import Fitting, Offer, Unit, Wish
from bookings.availability.busy import busy_spans
from bookings.availability.wishes import plugs_for
from bookings.energy import energy_for
from bookings.quoting import no_show_cost, quote_for
from bookings.rules import check_slot
from bookings.terms import AcceptedTerms
from evbooking.core.errors import FieldError, Invalid
from evbooking.core.money import Money
from stations.pricing import Quote


@dataclass(frozen=True, slots=True)
class SlotAsked:
    """Which slot a page is about: an EVSE, one of its connectors (None: the best), [start, end), with which car."""

    evse_uid: str
    connector: str | None
    start: datetime
    end: datetime
    vehicle: Vehicle | None = None

    @property
    def lasting(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class SlotPreview:
    """What a hold of the slot would be: its EVSE and plug, the energy in kWh, the quote, the terms.

    `no_show` is what it costs not to come.
    """

    asked: SlotAsked
    offer: Offer
    terms: AcceptedTerms
    fitting: Fitting
    energy_kwh: Decimal
    quote: Quote
    no_show: Money
    free: bool


def preview_slot(
    offer: Offer,
    asked: SlotAsked,
    *,
    now: datetime,
    energy_kwh: Decimal | None = None,
    ignoring: UUID | None = None,
) -> SlotPreview:
    """The slot at a station under its offer's terms and tariff; `energy_kwh` is what the driver wishes at most.

    Raises Invalid with the codes of a hold. `ignoring` is a booking about to move.
    """
    if not offer.bookable or offer.terms is None or offer.tariff is None:
        raise Invalid.one("station", "station_not_bookable", "This station takes no bookings.")
    fitting = _fitting(offer, asked)
    errors = check_slot(offer, offer.terms, fitting.unit, asked.start, asked.end, now)
    if errors:
        raise Invalid(errors)
    energy = _energy(fitting, asked, energy_kwh)
    quote = quote_for(
        offer.tariff,
        zone=offer.zone,
        start=asked.start,
        end=asked.end,
        energy_kwh=energy,
        power_kw=fitting.power_kw,
    )
    until = offer.terms.blocked_until(asked.end)
    busy = busy_spans([fitting.unit.id], asked.start, until, now=now, ignoring=ignoring)
    no_show = no_show_cost(offer.tariff, offer.terms, zone=offer.zone, start=asked.start, end=asked.end)
    return SlotPreview(asked, offer, offer.terms, fitting, energy, quote, no_show, free=not busy.unit.size)


def _fitting(offer: Offer, asked: SlotAsked) -> Fitting:
    unit = _unit(offer, asked.evse_uid)
    found = plugs_for(unit, Wish(asked.connector, asked.vehicle))
    if not found:
        raise Invalid(
            [FieldError("connector", "connector_incompatible", "No connector of this charge point fits.")]
        )
    return max(found, key=lambda one: one.power_kw)


def _unit(offer: Offer, uid: str) -> Unit:
    for unit in offer.units:
        if unit.uid == uid:
            return unit
    raise Invalid.one("evse_uid", "evse_out_of_service", "This charge point is no longer there.")


def _energy(fitting: Fitting, asked: SlotAsked, wished: Decimal | None) -> Decimal:
    most = energy_for(fitting.power_kw, asked.lasting, None)
    return min(most, energy_for(fitting.power_kw, asked.lasting, asked.vehicle) if wished is None else wished)
