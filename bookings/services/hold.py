"""Holding a slot: the moment in which it becomes somebody's, and nobody else's."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.utils import timezone

from accounts.models import User, Vehicle
from bookings.availability.wishes import Fitting, Wish
from bookings.errors import SlotTaken
from bookings.fitting import best_first
from bookings.locks import lock_driver, lock_first_idle
from bookings.models import Booking, Series, WaitlistEntry
from bookings.services.caps import check_caps
from bookings.services.deal import Deal, deal_with, fittings_for
from bookings.services.stale import clear_and_find_busy
from bookings.services.taken import slot_taken
from bookings.services.writing import insert_if_free, slot_transaction
from bookings.transitions import note
from evbooking.core.ocpi import ReservationStatus
from stations.models import EVSE, Station

_ATTEMPTS: Final = 10  # each lost attempt means that another EVSE has just been taken


@dataclass(frozen=True, slots=True)
class SlotAsk:
    """What is to be held; an offer to somebody in line names its `origin` and how long it stands.

    One date of a `series` counts with it, where caps are counted.
    """

    station: Station
    start: datetime
    end: datetime
    evse: EVSE | None
    wish: Wish
    energy_kwh: Decimal | None = None
    origin: WaitlistEntry | None = None
    expires_at: datetime | None = None
    series: Series | None = None


def hold_slot(
    driver: User,
    *,
    station: Station,
    start: datetime,
    end: datetime,
    evse: EVSE | None = None,
    connector: str | None = None,
    vehicle: Vehicle | None = None,
    energy_kwh: Decimal | None = None,
    now: datetime | None = None,
) -> Booking:
    """Hold [start, end), aware instants, for EVB_HOLD_MINUTES; without `evse` the best fitting free one.

    `connector` is a standard; `energy_kwh` None means what the slot and the car can take. Raises Invalid with
    the field codes of the API, too_many_bookings among them, Forbidden where the account was closed, else
    SlotTaken with the nearest alternatives.
    """
    now = now or timezone.now()
    ask = SlotAsk(station, start, end, evse, Wish(connector, vehicle), energy_kwh)
    try:
        for _ in range(_ATTEMPTS):
            with slot_transaction():
                booking = hold_once(driver, ask, now)
            if booking is not None:
                return booking
    except SlotTaken:
        pass
    raise slot_taken(station, start=start, end=end, connector=connector, vehicle=vehicle, now=now)


def hold_once(driver: User, ask: SlotAsk, now: datetime) -> Booking | None:
    """None when somebody else was faster at the EVSE chosen; SlotTaken when there was none to choose.

    Needs a `slot_transaction`. Raises as `hold_slot` besides. An offer is the system's deed, not the driver's.
    """
    lock_driver(driver.pk)
    station, deal = deal_with(ask.station)
    fittings = fittings_for(deal, ask.evse, ask.wish, ask.start, ask.end, now)
    check_caps(driver, deal, now, series=ask.series)
    until = deal.terms.blocked_until(ask.end)
    busy = clear_and_find_busy([fitting.unit.id for fitting in fittings], ask.start, until, now)
    free = [fitting for fitting in fittings if fitting.unit.id not in busy]
    if not free:
        raise SlotTaken
    wanted = best_first(free, energy_kwh=ask.energy_kwh, lasting=ask.end - ask.start)
    evse_id = lock_first_idle([fitting.unit.id for fitting in wanted])
    best = next(fitting for fitting in wanted if fitting.unit.id == evse_id)
    booking = _booking(driver, station, deal, best, ask, now)
    if not insert_if_free(booking):
        return None
    note(booking, None, actor=None if ask.origin else driver, now=now)
    return booking


def _booking(
    driver: User, station: Station, deal: Deal, fitting: Fitting, ask: SlotAsk, now: datetime
) -> Booking:
    vehicle = ask.wish.vehicle
    energy, quote = deal.quote(fitting, ask.start, ask.end, vehicle=vehicle, energy_kwh=ask.energy_kwh)
    to_pay = deal.terms.paid_online and bool(quote.total)
    return Booking(
        driver=driver,
        vehicle=vehicle,
        station=station,
        evse=EVSE(id=fitting.unit.id, uid=fitting.unit.uid, station=station),
        connector=fitting.plug.standard,
        start=ask.start,
        end=ask.end,
        blocked_until=deal.terms.blocked_until(ask.end),
        energy_kwh=energy,
        power_kw=fitting.power_kw,
        status=ReservationStatus.HELD,
        hold_expires_at=ask.expires_at or now + timedelta(minutes=settings.EVB_HOLD_MINUTES),
        payment_status=Booking.PaymentStatus.REQUIRED if to_pay else Booking.PaymentStatus.NONE,
        quote=quote.as_json(),
        total_amount=quote.total.amount,
        currency=quote.total.currency,
        terms=deal.terms.as_json(),
        fee_amount=Decimal(0),
        secured_amount=Decimal(0),
        tariff_version=deal.tariff_version,
        origin=ask.origin,
        series=ask.series,
        occurrence=ask.start if ask.series else None,
        created_at=now,
        last_updated=now,
    )
