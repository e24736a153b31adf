"""Moving a booking to another time, or another EVSE of its station, under the terms it was accepted with."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from accounts.models import User
from bookings.availability.wishes import Fitting, Wish
from bookings.energy import energy_for
from bookings.errors import SlotTaken, TooLateToChange
from bookings.fitting import best_first
from bookings.models import Booking
from bookings.services.deal import Deal, fittings_for, offer_kept
from bookings.services.relocate import locked, relocate
from bookings.services.replacing import keep_replacement
from bookings.services.stale import clear_and_find_busy
from bookings.services.taken import slot_taken
from bookings.services.writing import slot_transaction
from bookings.terms import AcceptedTerms
from bookings.transitions import CHANGEABLE, require
from evbooking.core.errors import Invalid
from evbooking.core.ocpi import ReservationStatus
from stations.models import EVSE

_ATTEMPTS: Final = 3  # a lost one means that another EVSE has just been taken


def reschedule(
    booking: Booking, *, start: datetime, end: datetime, evse: EVSE | None = None, actor: User, now: datetime
) -> Booking:
    """Move a booking to [start, end): one UPDATE of its row, so the old slot stands until the new one is had.

    Where it becomes dearer and is paid online it stays, and what is returned is another row: its replacement, which
    keeps the new slot while the difference is paid (`replaces` is set; services.replacing). Not so a date of a series
    whose saved card has not been asked yet.

    Without `evse` it stays at its EVSE where that is free, else moves to the best fitting one. Terms and tariff
    stay those of the first acceptance; the price is that of the new time. Raises TooLateToChange (counted from
    the old start), Invalid with the rules' codes, WrongState, or SlotTaken with alternatives.
    """
    for _ in range(1 if evse else _ATTEMPTS):
        with suppress(SlotTaken), slot_transaction():
            return _reschedule(booking, start, end, evse, actor, now)
    raise slot_taken(
        booking.station,
        start=start,
        end=end,
        connector=booking.connector,
        vehicle=booking.vehicle,
        now=now,
    )


def _reschedule(
    booking: Booking, start: datetime, end: datetime, evse: EVSE | None, actor: User, now: datetime
) -> Booking:
    offer, _ = offer_kept(booking.station_id)
    booking = locked(booking)
    terms = AcceptedTerms.from_json(booking.terms)
    if not offer.bookable:
        raise Invalid.one("station", "station_not_bookable", "This station takes no bookings.")
    deal = Deal(offer, terms, booking.tariff_version)
    wish = Wish(booking.connector, booking.vehicle)
    fittings = fittings_for(deal, evse, wish, start, end, now)
    require(booking, *CHANGEABLE)
    if now > terms.change_until(booking.start):
        raise TooLateToChange
    fitting = _choose(booking, deal, fittings, start, end, now)
    fields = _new_price(booking, deal, fitting, start, end)
    target = EVSE(id=fitting.unit.id, uid=fitting.unit.uid, station=booking.station)
    dearer = terms.paid_online and fields["total_amount"] > booking.total_amount
    if dearer and not _has_only_its_card_saved(booking):
        return keep_replacement(booking, evse=target, start=start, end=end, actor=actor, now=now, **fields)
    if booking.status == ReservationStatus.PENDING:
        fields["answer_by"] = terms.answer_by(now, start)
    until = terms.blocked_until(end)
    return relocate(
        booking, evse=target, start=start, end=end, blocked_until=until, actor=actor, now=now, **fields
    )


def _choose(
    booking: Booking, deal: Deal, fittings: Sequence[Fitting], start: datetime, end: datetime, now: datetime
) -> Fitting:
    """Its own EVSE first, then as a new booking would be given one."""
    until = deal.terms.blocked_until(end)
    units = [fitting.unit.id for fitting in fittings]
    busy = clear_and_find_busy(units, start, until, now, ignoring=booking.pk)
    wished = best_first(fittings, energy_kwh=wished_energy(booking), lasting=end - start)
    free = [fitting for fitting in wished if fitting.unit.id not in busy]
    if not free:
        raise SlotTaken
    return next((fitting for fitting in free if fitting.unit.id == booking.evse_id), free[0])


def _new_price(
    booking: Booking, deal: Deal, fitting: Fitting, start: datetime, end: datetime
) -> dict[str, Any]:
    energy, quote = deal.quote(
        fitting, start, end, vehicle=booking.vehicle, energy_kwh=wished_energy(booking)
    )
    return {
        "energy_kwh": energy,
        "power_kw": fitting.power_kw,
        "quote": quote.as_json(),
        "total_amount": quote.total.amount,
    }


def _has_only_its_card_saved(booking: Booking) -> bool:
    """A date of a series whose card has not been asked yet is asked for its new price, as its driver agreed to."""
    saved = booking.payment_status == Booking.PaymentStatus.SECURED and not booking.secured_amount
    return booking.series_id is not None and saved


def wished_energy(booking: Booking) -> Decimal | None:
    """The energy the driver asked for; None where it was only what the old slot could hold."""
    most = energy_for(booking.power_kw, booking.end - booking.start, booking.vehicle)
    return booking.energy_kwh if booking.energy_kwh < most else None
