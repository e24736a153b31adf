"""What a document says, taken once when it is issued: pure functions from records to JSON.

Nothing is looked up again when the PDF is made: a renamed station or a moved seller changes no document.
"""

from collections.abc import Iterable
from typing import Any

from charging.models import CDR
from charging.stored import stored_bill
from evbooking.core.money import Money
from payments.models import Dispute, OperatorAccount, Payment, Refund

Content = dict[str, Any]


def bill_content(cdr: CDR, seller: OperatorAccount, *, corrects: str = "") -> Content:
    """The content of an invoice, or with `corrects` (a number) of the credit note that takes that one back."""
    station = cdr.station
    return {
        "seller": seller_content(seller),
        "buyer": {"name": cdr.driver.name, "email": cdr.driver.email},
        "booking": cdr.booking_reference or "",
        "station": {
            "name": station.name,
            "address": station.address,
            "city": f"{station.postal_code} {station.city}".strip(),
        },
        "evse_uid": cdr.evse_uid,
        "time_zone": cdr.time_zone,
        "kind": cdr.kind,
        "start": cdr.start.isoformat(),
        "end": cdr.end.isoformat(),
        "kwh": f"{cdr.kwh:f}",
        "remark": cdr.remark,
        "corrects": corrects,
        "bill": stored_bill(cdr).as_json(),
    }


def receipt_content(
    cdr: CDR,
    seller: OperatorAccount,
    *,
    payments: Iterable[Payment],
    refunds: Iterable[Refund],
    conceded: Iterable[tuple[Dispute, Money]],
    invoice: str,
) -> Content:
    """The content of a receipt: the bill of `invoice` (a number) and the money that moved for it, oldest first.

    `conceded` is what of disputes that the bank decided for the driver counts as given back.
    """
    moved = [
        (payment.captured_at, "Paid", payment.card, Money(payment.captured_amount, payment.currency))
        for payment in payments
        if payment.captured_at is not None
    ]
    moved += [
        (refund.created_at, "Refunded", refund.payment.card, -Money(refund.amount, refund.currency))
        for refund in refunds
    ]
    moved += [
        (dispute.last_updated, "Returned by your bank", dispute.payment.card, -amount)
        for dispute, amount in conceded
    ]
    rows = [
        {"at": at.isoformat(), "what": what, "card": card, "amount": amount.as_json()}
        for at, what, card, amount in sorted(moved, key=lambda row: row[0])
    ]
    return {**bill_content(cdr, seller), "invoice": invoice, "money": rows}


def seller_content(account: OperatorAccount) -> dict[str, str]:
    """Who sells, as it stands on the document; the operator's name where no legal name was given."""
    return {
        "name": account.legal_name or account.operator.name,
        "street": account.street,
        "city": f"{account.postal_code} {account.city}".strip(),
        "country": account.country,
        "vat_id": account.vat_id,
    }
