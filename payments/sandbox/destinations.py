"""Destination charges: the transfer, the payment on the connected account, the application fee, and their reversal."""

from __future__ import annotations

from payments.sandbox.balance import record
from payments.sandbox.box import Box
from payments.sandbox.errors import Json, invalid
from payments.sandbox.money import share
from payments.sandbox.rendering import list_object


def check_destination(box: Box, account: str) -> None:
    """Raises unless the account exists and may receive transfers (onboarding finished)."""
    found = box.store.get(account, "account")
    if found is None:
        raise invalid(
            f"No such destination: '{account}'", param="transfer_data[destination]", code="resource_missing"
        )
    if found["capabilities"].get("transfers") != "active":
        raise invalid(
            "Your destination account needs to have at least one of the following capabilities enabled: "
            "transfers, crypto_transfers, legacy_payments",
            code="insufficient_capabilities_for_transfer",
        )


def forward(box: Box, charge: Json, *, amount: int, fee: int, destination: str) -> None:
    """Sends `amount` of a settled charge to the connected account, which pays the application fee `fee`."""
    transfer = make_transfer(
        box, amount=amount, currency=charge["currency"], destination=destination, source=charge["id"], fee=fee
    )
    charge["transfer"] = transfer["id"]
    if fee:
        charge["application_fee"] = _collect_fee(box, charge, transfer, fee, destination)["id"]
        charge["application_fee_amount"] = fee


def make_transfer(
    box: Box,
    *,
    amount: int,
    currency: str,
    destination: str,
    source: str | None = None,
    fee: int = 0,
    **fields: object,
) -> Json:
    """A transfer from the platform and the payment (`py_`) that it is on the connected account."""
    payment = _payment(box, amount, currency, destination, fee, pending=source is not None)
    transfer = box.new(
        "transfer",
        "tr",
        amount=amount,
        amount_reversed=0,
        balance_transaction=None,
        currency=currency,
        description=None,
        destination=destination,
        destination_payment=payment["id"],
        metadata={},
        reversals=list_object([], "/v1/transfers/reversals"),
        reversed=False,
        source_transaction=source,
        source_type="card",
        transfer_group=None,
    )
    transfer.update(fields)
    movement = record(
        box, "transfer", transfer, amount=-amount, currency=currency, pending=source is not None
    )
    transfer["balance_transaction"] = movement["id"]
    box.save(transfer)
    payment["source_transfer"] = transfer["id"]
    box.save(payment)
    box.emit("transfer.created", transfer)
    return transfer


def _payment(box: Box, amount: int, currency: str, account: str, fee: int, *, pending: bool) -> Json:
    payment = box.new(
        "charge", "py", owner=account, amount=amount, amount_captured=amount, amount_refunded=0, captured=True,
        currency=currency, paid=True, refunded=False, status="succeeded", disputed=False, metadata={},
        application_fee=None, application_fee_amount=fee or None, payment_intent=None, customer=None,
        balance_transaction=None, source_transfer=None, transfer=None, description=None,
    )  # fmt: skip
    movement = record(
        box, "payment", payment, amount=amount, currency=currency, account=account,
        fees=(("application_fee", fee),), pending=pending,
    )  # fmt: skip
    payment["balance_transaction"] = movement["id"]
    box.save(payment)
    box.emit("payment.created", payment, account=account)
    return payment


def _collect_fee(box: Box, charge: Json, transfer: Json, amount: int, account: str) -> Json:
    fee = box.new(
        "application_fee", "fee", account=account, amount=amount, amount_refunded=0, application=None,
        balance_transaction=None, charge=transfer["destination_payment"], currency=charge["currency"],
        fee_source={"charge": transfer["destination_payment"], "type": "charge"},
        originating_transaction=charge["id"], refunded=False, refunds=list_object([], "/v1/application_fees/refunds"),
    )  # fmt: skip
    movement = record(box, "application_fee", fee, amount=amount, currency=charge["currency"], pending=True)
    fee["balance_transaction"] = movement["id"]
    box.save(fee)
    payment = box.get("charge", transfer["destination_payment"], account=account)
    payment["application_fee"] = fee["id"]
    box.save(payment)
    box.emit("application_fee.created", fee)
    return fee


def reverse_transfer(
    box: Box, transfer: Json, amount: int, *, refund: str | None = None, metadata: Json | None = None
) -> Json:
    """Takes `amount` of a transfer back from the connected account. Raises above what is left of it."""
    left = transfer["amount"] - transfer["amount_reversed"]
    if amount > left:
        raise invalid(
            f"Transfer reversal amount ({amount}) is greater than unreversed amount on transfer ({left})",
            param="amount",
        )
    currency, account = transfer["currency"], transfer["destination"]
    reversal = box.new(
        "transfer_reversal", "trr", amount=amount, balance_transaction=None, currency=currency,
        destination_payment_refund=None, metadata=metadata or {}, source_refund=refund, transfer=transfer["id"],
    )  # fmt: skip
    received = record(box, "transfer_refund", reversal, amount=amount, currency=currency)
    record(box, "payment_refund", reversal, amount=-amount, currency=currency, account=account)
    reversal["balance_transaction"] = received["id"]
    box.save(reversal)
    transfer["amount_reversed"] += amount
    transfer["reversed"] = transfer["amount_reversed"] == transfer["amount"]
    transfer["reversals"]["data"].insert(0, reversal)
    box.save(transfer)
    box.emit("transfer.reversed", transfer)
    return reversal


def refund_fee(box: Box, fee: Json, amount: int, *, metadata: Json | None = None) -> Json:
    """Gives `amount` of an application fee back to the connected account. Raises above what is left of it."""
    left = fee["amount"] - fee["amount_refunded"]
    if amount > left:
        raise invalid(
            f"Refund amount ({amount}) is greater than unrefunded amount on fee ({left})", param="amount"
        )
    currency = fee["currency"]
    refund = box.new(
        "fee_refund", "fr", amount=amount, balance_transaction=None, currency=currency, fee=fee["id"],
        metadata=metadata or {},
    )  # fmt: skip
    paid = record(box, "application_fee_refund", refund, amount=-amount, currency=currency)
    record(box, "application_fee_refund", refund, amount=amount, currency=currency, account=fee["account"])
    refund["balance_transaction"] = paid["id"]
    box.save(refund)
    fee["amount_refunded"] += amount
    fee["refunded"] = fee["amount_refunded"] == fee["amount"]
    fee["refunds"]["data"].insert(0, refund)
    box.save(fee)
    box.emit("application_fee.refunded", fee)
    return refund


def unwind(box: Box, charge: Json, refund: Json, *, transfer: bool, fee: bool) -> None:
    """A refund's share of the transfer and of the application fee, in proportion to the captured amount."""
    captured = charge["amount_captured"]
    if transfer:
        sent = box.get("transfer", charge["transfer"])
        left = sent["amount"] - sent["amount_reversed"]
        amount = min(left, share(sent["amount"], of=refund["amount"], whole=captured))
        refund["transfer_reversal"] = reverse_transfer(box, sent, amount, refund=refund["id"])["id"]
    if fee:
        collected = box.get("application_fee", charge["application_fee"])
        left = collected["amount"] - collected["amount_refunded"]
        refund_fee(box, collected, min(left, share(collected["amount"], of=refund["amount"], whole=captured)))
