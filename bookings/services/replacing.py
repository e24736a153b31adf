"""A dearer slot of a booking paid online: kept in a row of its own while the difference is being secured.

The row is HELD with `replaces` = the booking. It occupies its slot and is nothing else: it has no reference, so no
list, page or document has it, and no event tells of it. One of a booking is open at most. It ends as EXPIRED:
when the booking has moved there, when another slot is wanted instead, when the booking is over, or by the clock.
"""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import User
from bookings.errors import SlotTaken
from bookings.locks import lock_evses
from bookings.models import Booking, BookingTransition
from bookings.services.claiming import require_claimable
from bookings.services.deal import offer_kept
from bookings.services.relocate import locked, relocate
from bookings.services.writing import insert_if_free
from bookings.terms import AcceptedTerms
from bookings.transitions import CHANGEABLE, drop_replacements, move, note, require
from evbooking.core.errors import WrongState
from evbooking.core.ocpi import ReservationStatus as S
from stations.models import EVSE

_SAME: Final = (
    "driver_id",
    "vehicle_id",
    "station_id",
    "connector",
    "currency",
    "terms",
    "tariff_version_id",
)
_MOVING: Final = ("energy_kwh", "power_kw", "quote", "total_amount")


def keep_replacement(
    booking: Booking, *, evse: EVSE, start: datetime, end: datetime, actor: User, now: datetime, **price: Any
) -> Booking:
    """Keep the slot for a `locked` booking for EVB_HOLD_MINUTES, letting go what was kept for it before.

    `price` are the fields of _MOVING. Raises SlotTaken. Needs a `slot_transaction`.
    """
    drop_replacements(booking, now)
    lock_evses(booking.evse_id, evse.pk)
    helper = Booking(
        **{name: getattr(booking, name) for name in _SAME},
        **price,
        replaces=booking,
        evse=evse,
        start=start,
        end=end,
        blocked_until=AcceptedTerms.from_json(booking.terms).blocked_until(end),
        status=S.HELD,
        hold_expires_at=now + timedelta(minutes=settings.EVB_HOLD_MINUTES),
        payment_status=Booking.PaymentStatus.REQUIRED,
        created_at=now,
        last_updated=now,
    )
    if not insert_if_free(helper):
        raise SlotTaken
    note(helper, None, actor=actor, now=now)
    return helper


def complete_reschedule(
    booking: Booking, replacement: Booking, *, actor: User | None, now: datetime
) -> Booking:
    """The difference is secured: the booking moves to its replacement's slot and price. Returns the booking.

    A replacement that has run out still serves while its slot is free; else SlotTaken, without alternatives, also
    where the booking has been moved or yet another slot was wanted since, and the booking stays where it is. Raises
    WrongState when it can no longer be moved. Done again, it changes nothing. Needs a transaction.
    """
    offer, _ = offer_kept(booking.station_id)
    found, helper = locked(booking), locked(replacement)
    require(found, *CHANGEABLE)
    if helper.replaces_id != found.pk:
        raise WrongState("This slot is kept for another booking.")
    if _place(found) == _place(helper):
        return found
    try:
        with transaction.atomic():
            if helper.status != S.HELD:
                _require_last_wish(found, helper)
                require_claimable(helper, offer, now, of=found.pk)
            return _move_there(found, helper, actor, now)
    except IntegrityError as error:
        raise SlotTaken from error


def drop_replacement(replacement: Booking, *, now: datetime) -> Booking:
    """Let the slot go: EXPIRED, if it is still HELD. Needs a transaction."""
    found = locked(replacement)
    if found.status != S.HELD:
        return found
    return move(found, S.EXPIRED, actor=None, now=now, reason="The slot was let go.")


def _place(row: Booking) -> tuple[UUID, datetime, datetime]:
    return row.evse_id, row.start, row.end


def _require_last_wish(booking: Booking, helper: Booking) -> None:
    """Raises SlotTaken unless the row is EXPIRED, and the driver has asked for nothing else since."""
    wanted_since = Booking.objects.filter(replaces=booking, created_at__gt=helper.created_at)
    moves = BookingTransition.objects.filter(booking=booking, from_status=F("to_status"))
    moved_since = moves.filter(at__gte=helper.created_at)
    if helper.status != S.EXPIRED or wanted_since.exists() or moved_since.exists():
        raise SlotTaken


def _move_there(booking: Booking, helper: Booking, actor: User | None, now: datetime) -> Booking:
    lock_evses(booking.evse_id, helper.evse_id)
    if helper.status == S.HELD:
        move(helper, S.EXPIRED, actor=None, now=now, reason="The booking has moved here.")
    fields = {name: getattr(helper, name) for name in _MOVING}
    if booking.status == S.PENDING:
        fields["answer_by"] = AcceptedTerms.from_json(booking.terms).answer_by(now, helper.start)
    return relocate(
        booking,
        evse=helper.evse,
        start=helper.start,
        end=helper.end,
        blocked_until=helper.blocked_until,
        actor=actor,
        now=now,
        **fields,
    )
