"""The booking terms of a station."""

from typing import Final, Unpack

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from evbooking.core.errors import FieldError, Invalid
from stations.models import BookingTerms, Station
from stations.ports import require_online_payment
from stations.services.fields import TermsFields
from stations.services.journal import Change, announce_station, differing, record, snapshot
from stations.services.locks import lock_station
from stations.services.validation import check_model, refuse_if

_ONLINE: Final = BookingTerms.Payment.ONLINE


@transaction.atomic
def set_terms(station: Station, *, actor: User | None, **changes: Unpack[TermsFields]) -> BookingTerms:
    """The station's terms with these fields changed, the others as they were or by default.

    Bookings already made keep the terms they accepted. Raises Invalid; a change to payment ONLINE asks the guard of
    stations.ports.
    """
    now = timezone.now()
    locked = lock_station(station)
    terms = BookingTerms.objects.filter(station=locked).first() or BookingTerms(station=locked)
    before = {} if terms._state.adding else snapshot(terms, changes)
    for name, value in changes.items():
        setattr(terms, name, value)
    errors = _errors(terms, changes)
    if terms.payment == _ONLINE and before.get("payment") != _ONLINE and "payment" in changes:
        errors.extend(_payment_errors(locked))
    refuse_if(errors)
    after = snapshot(terms, changes)
    names = differing(before, after)
    if names or terms._state.adding:
        terms.save()
        old = {name: before[name] for name in names if name in before}
        change = Change(locked, "station.terms", actor, now, old, {name: after[name] for name in names})
        record(change)
        announce_station("station.changed", change)
    return terms


def new_terms(station: Station, **fields: Unpack[TermsFields]) -> BookingTerms:
    """Unsaved terms, checked, the others by default: for who saves many at once. Raises Invalid.

    They are paid on site: who takes payments is asked about one operator at a time, by `set_terms`.
    """
    terms = BookingTerms(station=station, **fields)
    errors = _errors(terms, fields)
    if terms.payment == _ONLINE:
        errors.append(FieldError("payment", "invalid", "Their operator sets payment to online later."))
    refuse_if(errors)
    return terms


def _errors(terms: BookingTerms, changes: TermsFields) -> list[FieldError]:
    errors = check_model(terms, only=changes.keys())
    if errors:
        return errors
    increment = terms.timeslot_increment_minutes
    for name in ("min_booking_duration", "max_booking_duration"):
        if getattr(terms, name) % increment:
            errors.append(FieldError(name, "invalid", f"This must be a multiple of {increment} minutes."))
    if terms.max_booking_duration < terms.min_booking_duration:
        errors.append(
            FieldError("max_booking_duration", "out_of_range", "This is less than the shortest booking.")
        )
    if terms.booking_horizon_minutes < terms.min_booking_duration:
        errors.append(FieldError("booking_horizon_minutes", "out_of_range", "Nothing could ever be booked."))
    if terms.security == BookingTerms.Security.DEPOSIT and not terms.deposit_amount:
        errors.append(FieldError("deposit_amount", "out_of_range", "A deposit is more than nothing."))
    return errors


def _payment_errors(station: Station) -> list[FieldError]:
    """What keeps the station's operator from being paid online."""
    version = station.tariff.current if station.tariff else None
    try:
        require_online_payment(station.operator, version.document["currency"] if version else None)
    except Invalid as refused:
        return refused.errors
    return []
