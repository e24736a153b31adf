"""A booking that has moved: what secures it follows its new time and price."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction

from bookings.models import BLOCKING, Booking
from payments.errors import PaymentNotRequired
from payments.models import BookingAccount
from payments.selectors.demand import plan_of, secured_of
from payments.services.opening import adopt_plan
from payments.strategy import authorise_at

_LATER: Final = (BookingAccount.Strategy.AUTHORISE, BookingAccount.Strategy.SAVE_CARD)


@transaction.atomic
def replan(booking: Booking, *, now: datetime) -> None:
    """Take over the estimate of the booking's slot; a card that gives too little is asked in time for the start.

    What was authorised or taken for a dearer slot stays: settling releases or returns the rest. Does nothing for a
    booking that is over, or not paid online.
    """
    accounts = BookingAccount.objects.select_for_update(of=("self",)).filter(booking=booking)
    account = accounts.select_related("booking__station", "booking__tariff_version").first()
    if (
        account is None
        or account.state != BookingAccount.State.OPEN
        or account.booking.status not in BLOCKING
    ):
        return
    try:
        plan = plan_of(account.booking, now=now)
    except PaymentNotRequired:  # it costs nothing any more
        return
    missing = plan.estimate > secured_of(account)
    by_saved_card = account.strategy in _LATER or account.authorise_at is not None
    asks_later = by_saved_card and missing and account.grace_until is None
    at = authorise_at(account.booking.start) if asks_later else None
    kept = replace(plan, strategy=BookingAccount.Strategy(account.strategy), authorise_at=at)
    adopt_plan(account, kept, now=now)
