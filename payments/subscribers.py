"""What makes a booking's money due: its bills, its end, a refund begun, and money that came unasked for."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from bookings.models import BLOCKING, Booking
from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent
from payments.models import BookingAccount
from payments.selectors.position import position_of
from payments.services.marking import mark_due
from payments.settlement import Finish, next_step
from payments.tasks import settle_booking

_REFERENCE_OF: dict[str, Callable[[dict[str, Any]], str | None]] = {
    "cdr": lambda data: data["reference"],
    "booking": lambda data: data["reference"],
    "refund": lambda data: data["booking"],
}


@subscribe(
    "cdr.issued",
    "cdr.credited",
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
    reference = _REFERENCE_OF[event.type.partition(".")[0]](event.data)
    booking = Booking.objects.filter(reference=reference).first() if reference else None
    if booking is not None and mark_due(booking, now=event.occurred_at):
        _settle_after_commit(booking.pk)


@subscribe("payment.secured", "payment.captured", handler="payments.late_money")
def settle_late_money(event: DomainEvent) -> None:
    """Money of a booking that is over, whose account rests: a debt that was paid, or a success that came too late."""
    accounts = BookingAccount.objects.select_for_update(of=("self",)).select_related("booking")
    account = accounts.filter(booking__reference=event.data["booking"]).first()
    if account is None or account.booking.status in BLOCKING or _is_at_it(account, event.occurred_at):
        return
    if account.state != BookingAccount.State.SETTLED or next_step(position_of(account)) != Finish():
        mark_due(account.booking, now=event.occurred_at)
        _settle_after_commit(account.pk)


def _is_at_it(account: BookingAccount, now: datetime) -> bool:
    """Whether the money that came is what settling itself asked for."""
    return account.state == BookingAccount.State.DUE and account.due_at is not None and account.due_at <= now


def _settle_after_commit(account: UUID) -> None:
    send = partial(settle_booking.apply_async, (str(account),), retry=False)
    transaction.on_commit(send, robust=True)
