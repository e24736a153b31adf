"""Settling an account: decide under its lock, act at Stripe without one, until bills and money agree.

Every decision reads the position anew, and what it begins is committed before Stripe hears of it. So a killed
worker leaves a position from which the next goes on, and two workers at once do the same things under the same
keys.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction

from bookings.models import BLOCKING, Booking
from charging.models import CDR
from evbooking.core.ocpi import ReservationStatus
from payments.errors import PaymentProviderUnavailable
from payments.models import BookingAccount, Refund
from payments.selectors.position import Position, position_of
from payments.services.refunds import begin_refund, send_refund
from payments.services.settling import charging
from payments.services.settling.ending import (
    concede,
    finish,
    forgo,
    owe,
    postpone,
    reopen,
    wait,
)
from payments.settlement import (
    Capture,
    ChargeCard,
    Concede,
    Finish,
    Forgo,
    GiveBack,
    Owe,
    Release,
    Send,
    SendRefund,
    Step,
    Wait,
    next_step,
)

logger = logging.getLogger(__name__)

State = BookingAccount.State
MOST_STEPS: Final = 25
BATCH: Final = 100


Act = Callable[[], object] | None


def settle_account(account: BookingAccount, *, now: datetime) -> BookingAccount:
    """Bring an account to its end as far as that is possible now, and return it as it is then.

    SETTLED: bills and money agree. UNPAID: the driver owes. DUE with a later `due_at`: Stripe was not reachable,
    or something has to be waited for; `last_error` says which. OPEN: the booking is not over.
    """
    try:
        for _ in range(MOST_STEPS):
            act = _decide(account.pk, now)
            if act is None:
                break
            act()
        else:
            raise RuntimeError(f"Settling {account} does not come to an end.")
    except PaymentProviderUnavailable as error:
        logger.warning("Account %s is settled later: %s", account.pk, error.__cause__)
        postpone(account, str(error), now=now)
    except Exception as error:  # whatever it is, it stops no other account
        logger.exception("Account %s is not settled", account.pk)
        postpone(account, f"{type(error).__name__}: {error}", now=now)
    account.refresh_from_db()
    return account


def settle_due(now: datetime) -> int:
    """Settle what is due, also what drivers still owe and whose card may be asked again. Returns how many were."""
    due = BookingAccount.objects.filter(state__in=(State.DUE, State.UNPAID), due_at__lte=now)
    accounts = list(due.order_by("due_at")[:BATCH])
    for account in accounts:
        settle_account(account, now=now)
    return len(accounts)


@transaction.atomic
def _decide(pk: UUID, now: datetime) -> Act:
    """The next act, begun in the database where it begins something; None when the run is over."""
    account = BookingAccount.objects.select_for_update().get(pk=pk)
    if account.due_at is None or account.due_at > now:
        return None
    if account.booking.status in BLOCKING:
        reopen(account, now=now)
        return None
    if account.state == State.UNPAID:
        account.state = State.DUE  # so that no checkout begins while the card is asked
        account.save(update_fields=["state"])
    position = position_of(account)
    if _asks_for_a_bill(account.booking) and not position.bills:
        wait(account, "The bill is not there yet.", now=now)
        return None
    return _begin(position, next_step(position), now)


def _asks_for_a_bill(booking: Booking) -> bool:
    """Whether an end like this one is never without a bill: then money waits for it."""
    visited = booking.status in {ReservationStatus.COMPLETED, ReservationStatus.NO_SHOW}
    return visited or bool(booking.fee_amount)


def _begin(position: Position, step: Step, now: datetime) -> Act:  # noqa: PLR0911 - one way for each step
    account = position.account
    match step:
        case Capture(payment, due):
            return partial(charging.capture, position, payment, due, now=now)
        case ChargeCard(due):
            charge = charging.begin_charge(position, due, now=now)
            return partial(charging.send_charge, charge, now=now)
        case Send(payment):
            return partial(charging.send_charge, payment, now=now)
        case Release(payment):
            return partial(charging.release, payment, now=now)
        case GiveBack():
            return partial(send_refund, _begin_refund(account, step, now), now=now)
        case SendRefund(refund):
            return partial(send_refund, refund, now=now)
        case Forgo(amount):
            return forgo(account, amount, now=now)
        case Concede(dispute, amount):
            return concede(position, dispute, amount, now=now)
        case Finish():
            finish(position, now=now)
        case Owe(due):
            owe(position, due, now=now)
        case Wait(reason):
            wait(account, reason, now=now)
    return None


def _begin_refund(account: BookingAccount, step: GiveBack, now: datetime) -> Refund:
    return begin_refund(
        step.payment,
        step.amount,
        returned=step.returned,
        fee=step.fee,
        reason=_why(account),
        now=now,
    )


def _why(account: BookingAccount) -> Refund.Reason:
    """Paid too late for the slot; else a bill that was corrected; else what the terms say."""
    if account.booking.status == ReservationStatus.EXPIRED:
        return Refund.Reason.NO_SLOT
    corrected = CDR.objects.filter(booking_reference=account.booking.reference, credit_of__isnull=False)
    return Refund.Reason.CORRECTION if corrected.exists() else Refund.Reason.TERMS
