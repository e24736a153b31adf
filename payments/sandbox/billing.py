"""The engine of Billing: invoices of subscriptions, their payment, renewal by the clock and dunning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from payments.sandbox.box import DAY, Box, token
from payments.sandbox.charging import release
from payments.sandbox.confirming import confirm_payment
from payments.sandbox.errors import ApiError, Json
from payments.sandbox.rendering import list_object

RETRY_AFTER = 3 * DAY
MAX_ATTEMPTS = 4


def next_period(start: int, recurring: Json) -> int:
    """The end of a billing period that starts at `start`: the same day of a later month, or its last day."""
    count, interval = recurring["interval_count"], recurring["interval"]
    moment = datetime.fromtimestamp(start, UTC)
    if interval in {"day", "week"}:
        return int((moment + timedelta(days=count * (7 if interval == "week" else 1))).timestamp())
    months = moment.month - 1 + count * (12 if interval == "year" else 1)
    year, month = moment.year + months // 12, months % 12 + 1
    return int(moment.replace(year=year, month=month, day=min(moment.day, _days_in(year, month))).timestamp())


def make_invoice(box: Box, subscription: Json, reason: str) -> Json:
    """An open invoice over one period of every item of the subscription."""
    items = subscription["items"]["data"]
    lines = [_line(box, item) for item in items]
    total = sum(line["amount"] for line in lines)
    number = len(box.store.find("invoice", customer=subscription["customer"])) + 1
    invoice = box.new(
        "invoice", "in", amount_due=total, amount_paid=0, amount_remaining=total, attempt_count=0, attempted=False,
        auto_advance=True, billing_reason=reason, collection_method="charge_automatically",
        currency=subscription["currency"], customer=subscription["customer"], default_payment_method=None,
        description=None, hosted_invoice_url=None, invoice_pdf=None, lines=list_object(lines, "/v1/invoices/lines"),
        metadata={}, next_payment_attempt=None, number=f"SANDBOX-{subscription['customer'][-6:]}-{number:04d}",
        parent={"type": "subscription_details", "quote_details": None,
                "subscription_details": {"subscription": subscription["id"], "metadata": subscription["metadata"]}},
        period_start=items[0]["current_period_start"], period_end=items[0]["current_period_end"], status="open",
        status_transitions={"finalized_at": box.now(), "paid_at": None, "voided_at": None}, subtotal=total, total=total,
        _payment_intent=None,
    )  # fmt: skip
    invoice["hosted_invoice_url"] = f"{box.url}/_sandbox/invoices/{invoice['id']}"
    box.save(invoice)
    box.emit("invoice.created", invoice)
    box.emit("invoice.finalized", invoice)
    subscription["latest_invoice"] = invoice["id"]
    box.save(subscription)
    return invoice


def intent_of(box: Box, invoice: Json) -> Json:
    """The PaymentIntent that collects the invoice; made when it is first needed."""
    if invoice["_payment_intent"]:
        return box.get("payment_intent", invoice["_payment_intent"])
    intent = box.new(
        "payment_intent", "pi", amount=invoice["amount_due"], amount_capturable=0, amount_received=0,
        application_fee_amount=None, automatic_payment_methods=None, canceled_at=None, cancellation_reason=None,
        capture_method="automatic", confirmation_method="automatic", currency=invoice["currency"],
        customer=invoice["customer"], description="Subscription creation", last_payment_error=None, latest_charge=None,
        metadata={}, next_action=None, on_behalf_of=None, payment_method=None, payment_method_options=None,
        payment_method_types=["card"], receipt_email=None, setup_future_usage="off_session", shipping=None,
        transfer_data=None, transfer_group=None, status="requires_payment_method", _increments=0, _off_session=False,
        _invoice=invoice["id"],
    )  # fmt: skip
    intent["client_secret"] = f"{intent['id']}_secret_{token()}"
    box.save(intent)
    box.new("invoice_payment", "inpay", amount_paid=None, amount_requested=invoice["amount_due"], is_default=True,
            currency=invoice["currency"], invoice=invoice["id"], status="open",
            payment={"type": "payment_intent", "payment_intent": intent["id"]})  # fmt: skip
    invoice["_payment_intent"] = intent["id"]
    box.save(invoice)
    return intent


def collect(box: Box, invoice: Json, method: Json | None, *, off_session: bool) -> Json:
    """Tries to pay an open invoice. Returns it paid, or open with the failure recorded; raises CardError."""
    if invoice["amount_due"] == 0:
        return mark_paid(box, invoice)
    intent = intent_of(box, invoice)
    if method is None:
        return invoice
    invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1)
    box.save(invoice)
    try:
        confirm_payment(box, intent, method, off_session=off_session, return_url=None)
    except ApiError:
        box.emit("invoice.payment_failed", invoice)
        raise
    if intent["status"] == "succeeded":
        return mark_paid(box, invoice)
    box.emit("invoice.payment_action_required", invoice)
    return invoice


def mark_paid(box: Box, invoice: Json) -> Json:
    """The invoice is paid; its subscription becomes active."""
    invoice.update(
        status="paid", amount_paid=invoice["amount_due"], amount_remaining=0, next_payment_attempt=None
    )
    invoice["status_transitions"]["paid_at"] = box.now()
    box.save(invoice)
    for payment in box.store.find("invoice_payment", invoice=invoice["id"]):
        payment.update(status="paid", amount_paid=invoice["amount_due"])
        box.save(payment)
    box.emit("invoice.paid", invoice)
    box.emit("invoice.payment_succeeded", invoice)
    subscription = box.get("subscription", invoice["parent"]["subscription_details"]["subscription"])
    _keep_card(box, subscription, invoice)
    if subscription["status"] in {"incomplete", "past_due", "unpaid"}:
        set_status(box, subscription, "active")
    return invoice


def _keep_card(box: Box, subscription: Json, invoice: Json) -> None:
    """The card that paid becomes the subscription's own, where it was asked for and there is none."""
    wanted = subscription["payment_settings"]["save_default_payment_method"] == "on_subscription"
    if wanted and not subscription["default_payment_method"] and invoice["_payment_intent"]:
        intent = box.get("payment_intent", invoice["_payment_intent"])
        subscription["default_payment_method"] = intent["payment_method"]
        box.save(subscription)


def void(box: Box, invoice: Json) -> None:
    invoice.update(status="void", next_payment_attempt=None)
    invoice["status_transitions"]["voided_at"] = box.now()
    box.save(invoice)
    if invoice["_payment_intent"]:
        intent = box.get("payment_intent", invoice["_payment_intent"])
        if intent["status"] not in {"succeeded", "canceled"}:
            release(box, intent, reason="void_invoice")
    box.emit("invoice.voided", invoice)


def set_status(box: Box, subscription: Json, status: str) -> None:
    before = subscription["status"]
    subscription["status"] = status
    box.save(subscription)
    box.emit("customer.subscription.updated", subscription, previous={"status": before})


def end_subscription(box: Box, subscription: Json, reason: str) -> None:
    """Cancels now; nothing more is billed."""
    now = box.now()
    subscription.update(status="canceled", ended_at=now, canceled_at=subscription["canceled_at"] or now)
    subscription["cancellation_details"]["reason"] = reason
    box.save(subscription)
    box.emit("customer.subscription.deleted", subscription)


def method_of(box: Box, subscription: Json) -> Json | None:
    """The card that renewals use: the subscription's, else the customer's default."""
    customer = box.get("customer", subscription["customer"])
    chosen = subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    return box.get("payment_method", chosen) if chosen else None


def renew(box: Box, subscription: Json) -> None:
    """One period later: ends it when that was asked, else bills the next period and collects."""
    if subscription["cancel_at_period_end"]:
        return end_subscription(box, subscription, "cancellation_requested")
    for item in subscription["items"]["data"]:
        item["current_period_start"] = item["current_period_end"]
        item["current_period_end"] = next_period(item["current_period_start"], item["price"]["recurring"])
    box.save(subscription)
    return try_to_collect(box, subscription, make_invoice(box, subscription, "subscription_cycle"))


def try_to_collect(box: Box, subscription: Json, invoice: Json) -> None:
    """An automatic attempt; after the fourth failure the subscription ends (Smart Retries simplified)."""
    try:
        paid = collect(box, invoice, method_of(box, subscription), off_session=True)["status"] == "paid"
    except ApiError:
        paid = False
    if paid:
        return None
    invoice["attempt_count"] = max(invoice["attempt_count"], 1)
    if invoice["attempt_count"] >= MAX_ATTEMPTS:
        invoice["next_payment_attempt"] = None
        box.save(invoice)
        return end_subscription(box, subscription, "payment_failed")
    invoice["next_payment_attempt"] = box.now() + RETRY_AFTER
    box.save(invoice)
    if subscription["status"] != "past_due":
        set_status(box, subscription, "past_due")
    return None


def _line(box: Box, item: Json) -> Json:
    price = item["price"]
    return {
        "id": f"il_{token()}", "object": "line_item", "amount": price["unit_amount"] * item["quantity"],
        "currency": price["currency"], "description": f"{item['quantity']} × {_product_name(box, price)}",
        "metadata": {}, "quantity": item["quantity"],
        "period": {"start": item["current_period_start"], "end": item["current_period_end"]},
        "pricing": {"type": "price_details", "unit_amount_decimal": price["unit_amount_decimal"],
                    "price_details": {"price": price["id"], "product": price["product"]}},
    }  # fmt: skip


def _product_name(box: Box, price: Json) -> str:
    return str(box.get("product", price["product"])["name"])


def _days_in(year: int, month: int) -> int:
    following = datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return (following - timedelta(days=1)).day


def settle_invoice(box: Box, intent: Json) -> None:
    """After a customer confirmed an invoice's PaymentIntent by hand: the invoice follows."""
    if intent.get("_invoice") and intent["status"] == "succeeded":
        invoice = box.get("invoice", intent["_invoice"])
        if invoice["status"] == "open":
            mark_paid(box, invoice)
