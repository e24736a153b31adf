"""Balance transactions: every movement of money, per account, with its fee and the day it is available."""

from __future__ import annotations

from payments.sandbox.box import DAY, Box
from payments.sandbox.errors import Json, invalid

SETTLEMENT = 2 * DAY
"""Card money is pending for two days, then available."""

CATEGORIES = {
    "payment": "charge",
    "payment_refund": "refund",
    "application_fee": "platform_earning",
    "application_fee_refund": "platform_earning_refund",
    "transfer_refund": "transfer_reversal",
    "payout_failure": "payout_reversal",
    "adjustment": "dispute",
    "refund_failure": "refund_failure",
}


def record(
    box: Box,
    kind: str,
    source: Json,
    *,
    amount: int,
    currency: str,
    account: str = "",
    fees: tuple[tuple[str, int], ...] = (),
    pending: bool = False,
    category: str = "",
) -> Json:
    """Writes one movement: `amount` in minor units, negative when money leaves; net = amount - fees."""
    fee = sum(value for _, value in fees)
    return box.new(
        "balance_transaction",
        "txn",
        owner=account,
        amount=amount,
        available_on=box.now() + (SETTLEMENT if pending else 0),
        balance_type="payments",
        currency=currency,
        description=None,
        exchange_rate=None,
        fee=fee,
        fee_details=[_fee_detail(name, value, currency) for name, value in fees if value],
        net=amount - fee,
        reporting_category=category or CATEGORIES.get(kind, kind),
        source=source["id"],
        status="pending" if pending else "available",
        type=kind,
    )


def _fee_detail(kind: str, amount: int, currency: str) -> Json:
    names = {"stripe_fee": "Stripe processing fees", "application_fee": "Application fee"}
    return {
        "type": kind,
        "amount": amount,
        "application": None,
        "currency": currency,
        "description": names[kind],
    }


def balance_of(box: Box, account: str) -> Json:
    """Sums per currency of what is available and what is pending, from the movements alone."""
    rows = box.store.rows(
        "SELECT json_extract(body, '$.status'), json_extract(body, '$.currency'),"
        " SUM(json_extract(body, '$.net')) FROM objects WHERE kind = 'balance_transaction' AND account = ?"
        " GROUP BY 1, 2 ORDER BY 2",
        account,
    )
    sums: dict[str, dict[str, int]] = {"available": {}, "pending": {}}
    for status, currency, net in rows:
        sums[status][currency] = net
    currencies = sorted({currency for _, currency, _ in rows}) or ["eur"]
    return {
        "object": "balance",
        "livemode": False,
        **{status: [_funds(code, nets.get(code, 0)) for code in currencies] for status, nets in sums.items()},
    }


def require_available(box: Box, account: str, amount: int, currency: str) -> None:
    """Raises balance_insufficient when less than `amount` is available in the account."""
    available = {item["currency"]: item["amount"] for item in balance_of(box, account)["available"]}
    if available.get(currency, 0) < amount:
        raise invalid(
            "You have insufficient available funds in your Stripe account.",
            code="balance_insufficient",
            param="amount",
        )


def _funds(currency: str, amount: int) -> Json:
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
