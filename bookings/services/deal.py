"""The deal: a station with its offer, terms and tariff exactly as they are while a booking is written."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

from accounts.models import Vehicle
from bookings.availability.catalogue import offers_at
from bookings.availability.offer import Offer, Unit
from bookings.availability.wishes import Fitting, Wish, plugs_for
from bookings.energy import energy_for
from bookings.locks import share_station
from bookings.quoting import quote_for
from bookings.rules import check_slot, is_closed
from bookings.terms import AcceptedTerms
from evbooking.core.errors import FieldError, Invalid
from stations.models import EVSE, Station, TariffVersion
from stations.pricing import Quote

_EVER = 100 * 366 * 24 * 60
_FIELD_ORDER = ("station", "evse_uid", "connector", "start", "end", "vehicle", "energy_kwh")


@dataclass(frozen=True, slots=True)
class Deal:
    """What a slot is booked under: the station's offer, and the terms and tariff in force for this booking."""

    offer: Offer
    terms: AcceptedTerms
    tariff_version: TariffVersion

    @property
    def at_any_time(self) -> "Deal":
        """The same for a slot however far ahead: what it will be once bookings open."""
        return replace(self, terms=replace(self.terms, booking_horizon_minutes=_EVER))

    def quote(
        self,
        fitting: Fitting,
        start: datetime,
        end: datetime,
        *,
        vehicle: Vehicle | None,
        energy_kwh: Decimal | None,
    ) -> tuple[Decimal, Quote]:
        """The energy in kWh, the asked one or what the slot can hold, whichever is less, and its price."""
        most = energy_for(fitting.power_kw, end - start, None)
        if energy_kwh is None:
            energy_kwh = energy_for(fitting.power_kw, end - start, vehicle)
        energy = min(energy_kwh, most)
        return energy, quote_for(
            self.tariff_version,
            zone=self.offer.zone,
            start=start,
            end=end,
            energy_kwh=energy,
            power_kw=fitting.power_kw,
        )


def station_for_booking(station_id: UUID) -> Station | None:
    """A station with all a booking needs of it, kept per process while its revision stands; None for no station."""
    revision = Station.objects.filter(pk=station_id).values_list("revision", flat=True).first()
    return None if revision is None else _station_at(station_id, revision)


def deal_with(station: Station) -> tuple[Station, Deal]:
    """The station as it is now, kept so until the transaction ends, and the deal it offers.

    Raises Invalid `station_not_bookable` unless it is approved, its operator active, with terms and tariff.
    """
    offer, revision = offer_kept(station.pk)
    if station.revision != revision:
        station = _station_at(station.pk, revision)
    if not offer.bookable or station.tariff is None or station.tariff.current is None:
        raise Invalid.one("station", "station_not_bookable", "This station takes no bookings.")
    return station, Deal(offer, AcceptedTerms.of(station.terms), station.tariff.current)


def offer_kept(station_id: UUID) -> tuple[Offer, int]:
    """The station's present offer, kept as it is until the transaction ends, and its revision."""
    revision = share_station(station_id)
    found = offers_at([(station_id, revision)]) if revision is not None else []
    if revision is None or not found:
        raise Invalid.one("station", "unknown_station", "There is no such station.")
    return found[0], revision


def fittings_for(
    deal: Deal, evse: EVSE | None, wish: Wish, start: datetime, end: datetime, now: datetime
) -> list[Fitting]:
    """The plugs that serve the wish in [start, end), whoever has booked them. Raises Invalid with every reason."""
    unit = _unit(deal.offer, evse)
    errors = check_slot(deal.offer, deal.terms, unit, start, end, now)
    if evse is not None and unit is None:
        errors.append(FieldError("evse_uid", "evse_out_of_service", "This charge point is no longer there."))
    fittings = [best for one in ([unit] if unit else deal.offer.units) if (best := _best(one, wish))]
    if not fittings and (evse is None or unit is not None):
        field = "connector" if wish.connector or wish.vehicle is None else "vehicle"
        errors.append(FieldError(field, "connector_incompatible", "No connector here fits."))
    in_service = [fitting for fitting in fittings if fitting.unit.bookable]
    if evse is None and fittings and not in_service:
        errors.append(FieldError("station", "evse_out_of_service", "What fits is out of service."))
    if errors:
        raise Invalid(sorted(errors, key=lambda error: _FIELD_ORDER.index(error.field)))
    return [fitting for fitting in in_service if not is_closed(deal.offer, fitting.unit.id, start, end)]


@lru_cache(maxsize=128)  # of 9 KB each
def _station_at(station_id: UUID, revision: int) -> Station:  # noqa: ARG001 - part of the cache key
    """The station at this revision or, where it is not kept, a later one, as its own `revision` then says."""
    return Station.objects.select_related("operator", "terms", "tariff__current").get(pk=station_id)


def _unit(offer: Offer, evse: EVSE | None) -> Unit | None:
    return next((unit for unit in offer.units if evse is not None and unit.id == evse.pk), None)


def _best(unit: Unit, wish: Wish) -> Fitting | None:
    return max(plugs_for(unit, wish), key=lambda fitting: fitting.power_kw, default=None)
