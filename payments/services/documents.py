"""Issuing documents: each with the next number of its operator, year and kind, without a gap."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from charging.models import CDR
from charging.selectors import bill_of_booking
from evbooking.core import events
from evbooking.core.locks import advisory_xact_lock
from evbooking.core.money import Money
from payments.documents.content import Content, bill_content, receipt_content
from payments.ledger import conceded
from payments.models import BookingAccount, Dispute, Document, OperatorAccount, Payment, Refund
from payments.selectors.position import NOT_GIVEN_BACK
from payments.services.operator_accounts import operator_account

_LETTER: Final = {Document.Kind.INVOICE: "", Document.Kind.CREDIT_NOTE: "C", Document.Kind.RECEIPT: "R"}
# the row stays locked until commit: a number whose document is rolled back is given to the next one
_NEXT: Final = """
INSERT INTO payments_documentseries (operator_id, year, kind, last) VALUES (%s, %s, %s, 1)
ON CONFLICT (operator_id, year, kind) DO UPDATE SET last = payments_documentseries.last + 1
RETURNING last
"""


@transaction.atomic
def issue_for_cdr(cdr: CDR, *, now: datetime) -> Document | None:
    """The invoice of a bill, or the credit note of a credit CDR; the one there is, when it was issued before.

    None for a bill of nothing, which needs no paper.
    """
    kind = Document.Kind.INVOICE if cdr.credit_of_id is None else Document.Kind.CREDIT_NOTE
    if not cdr.total_after_taxes:
        return None
    if issued := _issued(cdr, kind):
        return issued
    seller = operator_account(cdr.station.operator, now=now)
    original = cdr.credit_of and issue_for_cdr(cdr.credit_of, now=now)
    content = bill_content(cdr, seller, corrects=original.number if original else "")
    total = Money(cdr.total_after_taxes, cdr.currency)
    return _issue(kind, cdr, seller, content, total, now=now)


@transaction.atomic
def issue_receipt(account: BookingAccount, *, now: datetime) -> Document | None:
    """The receipt of a settled booking: its standing bill and the money that moved. One per bill.

    None where nothing was billed or paid.
    """
    cdr = bill_of_booking(account.booking.reference or "")
    payments = list(Payment.objects.filter(account=account, captured_amount__gt=0))
    if cdr is None or not cdr.total_after_taxes or not payments:
        return None
    if issued := _issued(cdr, Document.Kind.RECEIPT):
        return issued
    refunds = Refund.objects.filter(payment__in=payments).exclude(status__in=NOT_GIVEN_BACK)
    disputes = Dispute.objects.filter(payment__in=payments).select_related("payment")
    by_banks = [(dispute, conceded(dispute)) for dispute in disputes]
    seller = operator_account(account.operator, now=now)
    invoice = issue_for_cdr(cdr, now=now)
    content = receipt_content(
        cdr,
        seller,
        payments=payments,
        refunds=refunds.select_related("payment"),
        conceded=[(dispute, amount) for dispute, amount in by_banks if amount],
        invoice=invoice.number if invoice else "",
    )
    total = Money.total((Money.from_json(row["amount"]) for row in content["money"]), account.currency)
    return _issue(Document.Kind.RECEIPT, cdr, seller, content, total, now=now)


def _issued(cdr: CDR, kind: Document.Kind) -> Document | None:
    """The document of that kind, if there is one; whoever finds none is the only one to issue it."""
    advisory_xact_lock(f"document:{cdr.pk}:{kind}")
    return Document.objects.filter(cdr=cdr, kind=kind).first()


def _issue(
    kind: Document.Kind,
    cdr: CDR,
    seller: OperatorAccount,
    content: Content,
    total: Money,
    *,
    now: datetime,
) -> Document:
    year = now.astimezone(ZoneInfo(cdr.time_zone)).year
    sequence = _next_number(seller, year, kind)
    document = Document.objects.create(
        number=f"{seller.code}-{year}-{_LETTER[kind]}{sequence:06d}",
        kind=kind,
        operator=seller.operator,
        year=year,
        sequence=sequence,
        driver=cdr.driver,
        cdr=cdr,
        booking_reference=cdr.booking_reference or "",
        total=total.amount,
        currency=total.currency,
        content=content,
        issued_at=now,
    )
    _publish(document, now)
    return document


def _next_number(seller: OperatorAccount, year: int, kind: Document.Kind) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [seller.pk, year, kind])
        return int(cursor.fetchone()[0])


def _publish(document: Document, now: datetime) -> None:
    data = {
        "document_id": document.pk,
        "number": document.number,
        "kind": document.kind,
        "booking": document.booking_reference,
        "driver_id": document.driver_id,
        "operator_id": document.operator_id,
        "amount": f"{document.total:f}",
        "currency": document.currency,
    }
    events.publish("document.issued", subject=f"document:{document.pk}", data=data, now=now)
