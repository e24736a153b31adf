"""Issuing CDRs and taking them back. None is ever changed: a wrong one is credited, and issued anew."""

from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import IntegrityError, transaction

from accounts.models import User
from charging.bill import Adjustment
from charging.drafts import adjusted_draft, cancellation_draft, no_show_draft, session_draft
from charging.errors import AlreadyCredited
from charging.models import CDR, Session, SessionStatus
from charging.services.writing import next_revision, note, write_bill
from charging.stored import stored_bill
from evbooking.core.errors import Invalid, WrongState
from evbooking.core.money import Money
from stations.models import EVSE, TariffVersion


@transaction.atomic
def issue_cdr(session: Session, *, actor: User | None, now: datetime) -> CDR:
    """The bill of a completed session, by the tariff version it began under.

    Raises WrongState while it runs, AlreadyBilled while a bill of it stands.
    """
    if session.status != SessionStatus.COMPLETED:
        raise WrongState("Only a session that is over can be billed.")
    cdr = session_draft(session, now=now)
    cdr.revision = next_revision(CDR.objects.filter(session=session))
    return write_bill(cdr, actor=actor, now=now)


@transaction.atomic
def issue_no_show_cdr(
    driver: User,
    *,
    booking_reference: str,
    evse: EVSE,
    reserved_from: datetime,
    released_at: datetime,
    tariff_version: TariffVersion,
    noshow_fee: Decimal,
    actor: User | None,
    now: datetime,
) -> CDR:
    """The bill of a booking nobody came for, also where it comes to nothing: a CDR without a session.

    [reserved_from, released_at) is how long the EVSE was kept; `noshow_fee` is that of the accepted terms, in the
    tariff's currency. Raises AlreadyBilled.
    """
    cdr = no_show_draft(
        driver,
        booking_reference=booking_reference,
        evse=evse,
        reserved=(reserved_from, released_at),
        tariff_version=tariff_version,
        noshow_fee=noshow_fee,
        now=now,
    )
    cdr.revision = next_revision(CDR.objects.filter(booking_reference=booking_reference))
    return write_bill(cdr, actor=actor, now=now)


@transaction.atomic
def issue_cancellation_cdr(
    driver: User,
    *,
    booking_reference: str,
    evse: EVSE,
    start: datetime,
    end: datetime,
    tariff_version: TariffVersion,
    fee: Decimal,
    actor: User | None,
    now: datetime,
) -> CDR:
    """The bill of a slot [start, end) that was canceled late: the fee of the accepted terms, and nothing else.

    `fee` is in the tariff's currency. Raises AlreadyBilled.
    """
    cdr = cancellation_draft(
        driver,
        booking_reference=booking_reference,
        evse=evse,
        slot=(start, end),
        tariff_version=tariff_version,
        fee=fee,
        now=now,
    )
    cdr.revision = next_revision(CDR.objects.filter(booking_reference=booking_reference))
    return write_bill(cdr, actor=actor, now=now)


@transaction.atomic
def adjust_cdr(cdr: CDR, *, amount: Decimal, reason: str, actor: User | None, now: datetime) -> CDR:
    """Put something right in a bill: its credit, and the next revision with one more line of `amount`.

    Below zero it is a reduction of the price, above it is what is owed besides; in the bill's currency, rounded
    once. `reason` is in words for the driver. Raises Invalid at `amount` for nothing, for too much, and for more
    than the bill has; AlreadyCredited when the bill no longer stands.
    """
    adjustment = Adjustment(_possible(amount, Money(cdr.total_after_taxes, cdr.currency)), reason)
    credit_cdr(cdr, reason=reason, actor=actor, now=now)
    return write_bill(adjusted_draft(cdr, adjustment, now=now), actor=actor, now=now)


@transaction.atomic
def credit_cdr(cdr: CDR, *, reason: str, actor: User | None, now: datetime) -> CDR:
    """Take a bill back: a credit CDR of the same with the opposite sign (OCPI 2.3.0, mod_cdrs, Credit CDRs).

    Raises AlreadyCredited when that was done before, or when it is a credit itself.
    """
    if cdr.credit_of_id is not None:
        raise AlreadyCredited("A credit is not credited: issue the right bill instead.")
    bill = -stored_bill(cdr)
    credit = CDR(
        **{name: getattr(cdr, name) for name in _COPIED},
        credit_of=cdr,
        lines=list(bill.lines),
        vat=[row.as_json() for row in bill.vat],
        total_before_taxes=bill.total_before_taxes.amount,
        total_taxes=bill.taxes.amount,
        total_after_taxes=bill.total.amount,
        remark=reason[:255],
        issued_at=now,
    )
    try:
        with transaction.atomic():
            credit.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyCredited from error
    note(credit, "cdr.credited", actor=actor, now=now)
    return credit


_OWN_TO_A_CREDIT = {
    "id",
    "credit_of",
    "lines",
    "vat",
    "total_before_taxes",
    "total_taxes",
    "total_after_taxes",
    "remark",
    "issued_at",
}
_MOST: Final = Decimal(10**8)  # of any currency; the columns hold a hundred times that


def _possible(amount: Decimal, total: Money) -> Money:
    """The amount as money of the bill. Raises Invalid unless it changes the bill and leaves a possible one."""
    if amount.is_finite() and abs(amount) < _MOST:
        money = Money(amount, total.currency)
        if money and Decimal(0) <= (total + money).amount < _MOST:
            return money
    words = (
        f"At most {total} can be given back."
        if amount.is_finite() and amount < 0
        else "This is no possible amount."
    )
    raise Invalid.one("amount", "out_of_range", words)


_COPIED = tuple(field.attname for field in CDR._meta.concrete_fields if field.name not in _OWN_TO_A_CREDIT)
