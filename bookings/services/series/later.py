"""Dates of a series that cannot be booked yet: each is booked by itself when its station's terms open it.

Only what the driver agreed to is done in their absence: the slot of the series, under the terms of its other dates, at
no more than the price that was shown, with the card that the series has saved. Anything else is told to them, once,
and stops no other date. Lock order: the series, its later date, then as a hold.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, QuerySet, Value

from accounts.models import User
from bookings.availability.wishes import Wish
from bookings.errors import DearerThanAgreed, PaymentRequired, SlotTaken, TermsChanged
from bookings.holds import awaits_payment
from bookings.models import Booking, LaterDate, Series
from bookings.selectors.series import later_day
from bookings.series_acts import act_on_series
from bookings.series_cards import secure_date
from bookings.services.confirm import confirm
from bookings.services.hold import SlotAsk, hold_once
from bookings.services.series.judging import DateSlot
from bookings.services.series.telling import tell_missed
from bookings.services.writing import slot_transaction
from bookings.terms import AcceptedTerms
from evbooking.core import audit
from evbooking.core.errors import DomainError, WrongState

logger = logging.getLogger(__name__)

State = LaterDate.State
UNCONFIRMED_FOR: Final = timedelta(days=1)
_BATCH: Final = 200
_ATTEMPTS: Final = 3  # a lost one means that another EVSE has just been taken
_BINDING: Final = (
    "payment",
    "security",
    "deposit_amount",
    "estimate_buffer_share",
    "change_until_minutes",
    "cancel_until_minutes",
    "late_cancel_allowed",
    "late_cancel_share",
    "noshow_timeout",
    "noshow_fee_amount",
)
_OVER: Final = {
    State.BOOKED: "This date is booked by now: cancel its booking.",
    State.MISSED: "This date could not be booked, and waits no more.",
}
_OPENS_AT: Final = ExpressionWrapper(
    F("occurrence") - Value(timedelta(minutes=1)) * F("series__station__terms__booking_horizon_minutes"),
    output_field=DateTimeField(),
)


def wait_for(series: Series, slots: Iterable[DateSlot], *, now: datetime) -> None:
    """Keep the dates that are too far ahead, each at its price of today. Needs a transaction."""
    LaterDate.objects.bulk_create(
        LaterDate(
            series=series,
            occurrence=slot.ask.start,
            most_amount=slot.total.amount,
            currency=slot.total.currency,
            created_at=now,
        )
        for slot in slots
        if slot.ask.start and slot.total is not None
    )


def book_opened(now: datetime) -> int:
    """Book what has come within the horizon; returns how many dates. May run late, twice, or twice at once."""
    forget_unconfirmed(now)
    booked = 0
    for later_id in list(_opened(now).values_list("pk", flat=True)[:_BATCH]):
        try:
            booked += book_later(later_id, now=now) is not None
        except Exception:
            logger.exception("the later date %s could not be looked after", later_id)
    return booked


def book_later(later_id: int, *, now: datetime) -> Booking | None:
    """Book one date, once: RESERVED or PENDING. None where it is over already, or was missed, which is then told."""
    try:
        for _ in range(_ATTEMPTS):
            with slot_transaction():
                found = locked_later(later_id)
                if found is None:
                    return None
                if booking := _booked(found, now):
                    _end(found, State.BOOKED, now)
                    return booking
        raise SlotTaken
    except DomainError as problem:
        _miss(later_id, problem, now)
        return None


def waiting_of(series: Series, since: date | None = None) -> list[LaterDate]:
    """The dates of a series that still wait, from a day at the site on."""
    found = LaterDate.objects.filter(series=series, state=State.WAITING)
    return [one for one in found if since is None or later_day(one, series) >= since]


@transaction.atomic
def withdraw(later: Iterable[LaterDate], *, now: datetime) -> list[LaterDate]:
    """WAITING > WITHDRAWN; returns those that still waited. One that is being booked is waited for, and left out."""
    found = LaterDate.objects.select_for_update().filter(
        pk__in=[one.pk for one in later], state=State.WAITING
    )
    waiting = list(found)
    LaterDate.objects.filter(pk__in=[one.pk for one in waiting]).update(state=State.WITHDRAWN, ended_at=now)
    return waiting


@transaction.atomic
def withdraw_date(later: LaterDate, *, actor: User, now: datetime) -> LaterDate:
    """WAITING > WITHDRAWN, and no other date of its series; once more does nothing. It is told to nobody, for nothing
    was promised yet. Raises WrongState where it was booked, or missed.
    """
    found = locked_later(later.pk)
    if found is not None:
        day = {"date": f"{later_day(found, found.series)}"}
        audit.record("series.withdraw", target=found.series, actor=actor, before=None, after=day)
        _end(found, State.WITHDRAWN, now)
        return found
    later.refresh_from_db()
    if later.state != State.WITHDRAWN:
        raise WrongState(_OVER[State(later.state)])
    return later


def forget_unconfirmed(now: datetime) -> int:
    """Dates of series that were never confirmed, and of closed accounts, wait no more; nobody is told."""
    waiting = LaterDate.objects.filter(state=State.WAITING)
    unconfirmed = waiting.filter(series__told_at=None, created_at__lt=now - UNCONFIRMED_FOR)
    closed = waiting.filter(series__driver__is_active=False)
    return (unconfirmed | closed).update(state=State.WITHDRAWN, ended_at=now)


def locked_later(later_id: int) -> LaterDate | None:
    """The date while it waits, its series and itself locked; None for one that is over. Needs a transaction."""
    series = Series.objects.select_for_update(of=("self",)).filter(later_dates=later_id).first()
    if series is None:
        return None
    found = LaterDate.objects.select_for_update().filter(pk=later_id, state=State.WAITING).first()
    if found is not None:
        related = (
            "driver",
            "station__operator",
            "station__terms",
            "station__tariff__current",
            "evse",
            "vehicle",
        )
        found.series = Series.objects.select_related(*related).get(pk=series.pk)
    return found


def _opened(now: datetime) -> QuerySet[LaterDate]:
    found = LaterDate.objects.filter(state=State.WAITING, series__told_at__isnull=False)
    return found.alias(opens_at=_OPENS_AT).filter(opens_at__lte=now).order_by("occurrence", "pk")


def _booked(later: LaterDate, now: datetime) -> Booking | None:
    """The date's booking, promised; None when somebody else was faster at the EVSE chosen. Raises as `hold_once`,
    DearerThanAgreed, TermsChanged, PaymentRequired: then nothing is held."""
    series = later.series
    end = later.occurrence + timedelta(minutes=series.duration_minutes)
    wish = Wish(series.connector or None, series.vehicle)
    ask = SlotAsk(series.station, later.occurrence, end, series.evse, wish, series.energy_kwh, series=series)
    with act_on_series(series.pk):  # that it is held is no news
        booking = hold_once(series.driver, ask, now)
    if booking is None:
        return None
    _require_agreed(later, booking)
    if not awaits_payment(booking):
        return confirm(booking, actor=None, now=now)
    if not secure_date(booking, now):
        raise PaymentRequired
    return booking


def _require_agreed(later: LaterDate, booking: Booking) -> None:
    if booking.currency != later.currency or booking.total_amount > later.most_amount:
        raise DearerThanAgreed
    others = Booking.objects.filter(series=later.series_id).exclude(pk=booking.pk)
    accepted = AcceptedTerms.from_json(others.order_by("-created_at").values_list("terms", flat=True)[0])
    offered = AcceptedTerms.from_json(booking.terms)
    if any(getattr(offered, name) != getattr(accepted, name) for name in _BINDING):
        raise TermsChanged


@transaction.atomic
def _miss(later_id: int, problem: DomainError, now: datetime) -> None:
    found = locked_later(later_id)
    code = problem.field_errors[0].code if problem.field_errors else problem.code
    if found is None or code == "too_far_ahead":  # the horizon has become shorter: it goes on waiting
        return
    found.problem = code
    _end(found, State.MISSED, now)
    tell_missed(found, now=now)


def _end(later: LaterDate, state: LaterDate.State, now: datetime) -> None:
    later.state, later.ended_at = state, now
    later.save(update_fields=["state", "problem", "ended_at"])
    Series.objects.filter(pk=later.series_id).update(last_updated=now)
