"""What makes a booking's money due: its bills, its end, a refund begun, and money that came unasked for."""

from datetime import datetime
from functools import partial

from django.db import transaction

from bookings.models import BLOCKING, Booking
from charging.models import CDR
from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent
from payments.models import BookingAccount
from payments.selectors.position import position_of
from payments.services.marking import mark_due
from payments.services.owing import account_of_bill
from payments.settlement import Finish, next_step
from payments.tasks import authorise_cards, settle_booking


@subscribe("cdr.issued", "cdr.credited", handler="payments.settling_bills")
def settle_bill(event: DomainEvent) -> None:
    """Mark the account of a bill due; where nothing was to be paid until now, it is opened."""
    cdr = CDR.objects.select_related("credit_of").get(pk=event.data["cdr_id"])
    account = account_of_bill(cdr, now=event.occurred_at)
    if account is not None:
        _settle(account.booking, event.occurred_at)


@subscribe(
    "booking.canceled",
    "booking.rejected",
    "booking.failed",
    "booking.expired",
    "booking.completed",
    "booking.no_show",
    "refund.created",
    handler="payments.settling",
)
def settle(event: DomainEvent) -> None:
    """Mark the booking's account due and have it settled at once; the sweeper finds it in any case."""
    reference = event.data["booking" if event.type == "refund.created" else "reference"]
    booking = Booking.objects.filter(reference=reference).first() if reference else None
    if booking is not None:
        _settle(booking, event.occurred_at)


@subscribe("payment.secured", "payment.captured", handler="payments.late_money")
def settle_late_money(event: DomainEvent) -> None:
    """Money of a booking that is over, whose account rests: a debt that was paid, or a success that came too late."""
    accounts = BookingAccount.objects.select_for_update(of=("self",)).select_related("booking")
    account = accounts.filter(booking__reference=event.data["booking"]).first()
    if account is None or account.booking.status in BLOCKING or _is_at_it(account, event.occurred_at):
        return
    if account.state != BookingAccount.State.SETTLED or next_step(position_of(account)) != Finish():
        _settle(account.booking, event.occurred_at)


@subscribe("series.booked", handler="payments.series_cards")
def ask_cards_of_near_dates(event: DomainEvent) -> None:  # noqa: ARG001 - whatever is due is asked for
    """The card of a new series is asked at once for what begins soon; the sweeper finds it in any case."""
    transaction.on_commit(partial(authorise_cards.apply_async, retry=False), robust=True)


def _is_at_it(account: BookingAccount, now: datetime) -> bool:
    """Whether the money that came is what settling itself asked for."""
    return account.state == BookingAccount.State.DUE and account.due_at is not None and account.due_at <= now


def _settle(booking: Booking, now: datetime) -> None:
    if mark_due(booking, now=now):
        send = partial(settle_booking.apply_async, (str(booking.pk),), retry=False)
        transaction.on_commit(send, robust=True)
