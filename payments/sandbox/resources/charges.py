"""Charges, Refunds and Disputes, and the balance transactions behind them."""

from __future__ import annotations

from payments.sandbox.balance import balance_of, record
from payments.sandbox.box import Box
from payments.sandbox.calls import Call, Endpoint
from payments.sandbox.destinations import unwind
from payments.sandbox.disputing import close_dispute, is_charged_back
from payments.sandbox.errors import Json, invalid
from payments.sandbox.listing import lists, retrieves
from payments.sandbox.params import merge_metadata

REASONS = ("duplicate", "fraudulent", "requested_by_customer")
EVIDENCE_OUTCOMES = {"winning_evidence": "won", "losing_evidence": "lost"}


def update_charge(call: Call) -> Json:
    charge = call.get("charge")
    charge["metadata"] = merge_metadata(charge["metadata"], call.params.raw("metadata"))
    if "description" in call.params:
        charge["description"] = call.params.optional("description")
    call.box.save(charge)
    call.box.emit("charge.updated", charge, account=call.account)
    return charge


def create_refund(call: Call) -> Json:
    """Gives captured money back, in part or whole. Stripe's processing fee stays with Stripe."""
    params, box = call.params, call.box
    charge = _charge_to_refund(call)
    amount = params.integer("amount")
    left = charge["amount"] - charge["amount_refunded"]
    amount = _check_refund(box, charge, left if amount is None else amount, left)
    reason = params.optional("reason")
    if reason and reason not in REASONS:
        raise invalid(f"Invalid reason: must be one of {', '.join(REASONS)}", param="reason")
    refund = box.new(
        "refund", "re", owner=call.account, amount=amount, balance_transaction=None, charge=charge["id"],
        currency=charge["currency"], destination_details={"card": {"type": "refund"}, "type": "card"},
        metadata=merge_metadata({}, params.raw("metadata")), payment_intent=charge["payment_intent"], reason=reason,
        receipt_number=None, source_transfer_reversal=None, status="succeeded", transfer_reversal=None,
    )  # fmt: skip
    movement = record(
        box, "refund", refund, amount=-amount, currency=charge["currency"], account=call.account
    )
    refund["balance_transaction"] = movement["id"]
    _unwind(call, charge, refund)
    box.save(refund)
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    box.save(charge)
    box.emit("refund.created", refund, account=call.account)
    box.emit("charge.refunded", charge, account=call.account)
    return refund


def update_refund(call: Call) -> Json:
    refund = call.get("refund")
    refund["metadata"] = merge_metadata(refund["metadata"], call.params.raw("metadata"))
    call.box.save(refund)
    call.box.emit("refund.updated", refund, account=call.account)
    return refund


def _charge_to_refund(call: Call) -> Json:
    params = call.params
    if params.optional("charge"):
        return call.get("charge", params.text("charge"), param="charge")
    if not params.optional("payment_intent"):
        raise invalid(
            "One of the following params should be provided for this request: payment_intent or charge."
        )
    intent = call.get("payment_intent", params.text("payment_intent"), param="payment_intent")
    if intent["status"] != "succeeded":
        raise invalid(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    return call.get("charge", intent["latest_charge"])


def _check_refund(box: Box, charge: Json, amount: int, left: int) -> int:
    if not charge["captured"] or charge["status"] != "succeeded":
        raise invalid(f"Charge {charge['id']} has not been captured and cannot be refunded.")
    if is_charged_back(box, charge):
        raise invalid(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    if left == 0:
        raise invalid(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", param="amount",
                      code="parameter_invalid_integer")  # fmt: skip
    if amount > left:
        raise invalid(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})", param="amount"
        )
    return amount


def _unwind(call: Call, charge: Json, refund: Json) -> None:
    transfer = call.params.boolean("reverse_transfer")
    fee = call.params.boolean("refund_application_fee")
    if transfer and not charge["transfer"]:
        raise invalid(
            "Cannot reverse transfer: the charge has no associated transfer.", param="reverse_transfer"
        )
    if fee and not charge["application_fee"]:
        raise invalid("The charge has no application fee to refund.", param="refund_application_fee")
    unwind(call.box, charge, refund, transfer=transfer, fee=fee)


def update_dispute(call: Call) -> Json:
    """Evidence whose text is winning_evidence or losing_evidence decides it, as in Stripe's test mode."""
    dispute = call.get("dispute")
    evidence = call.params.raw("evidence") or {}
    dispute["evidence"].update(evidence)
    dispute["metadata"] = merge_metadata(dispute["metadata"], call.params.raw("metadata"))
    submit = call.params.text("submit", "true") == "true"
    if evidence and submit:
        dispute["evidence_details"].update(has_evidence=True, submission_count=1)
        outcome = EVIDENCE_OUTCOMES.get(evidence.get("uncategorized_text", ""))
        if outcome:
            return close_dispute(call.box, dispute, outcome)
        dispute["status"] = "under_review"
    call.box.save(dispute)
    call.box.emit("charge.dispute.updated", dispute)
    return dispute


def close(call: Call) -> Json:
    """Accepting a dispute loses it."""
    return close_dispute(call.box, call.get("dispute"), "lost")


def balance(call: Call) -> Json:
    return balance_of(call.box, call.account)


ROUTES = (
    lists("/v1/charges", "charge", "customer", "payment_intent", "transfer_group"),
    retrieves("/v1/charges", "charge"),
    Endpoint("POST", "/v1/charges/{id}", update_charge),
    Endpoint("POST", "/v1/refunds", create_refund),
    lists("/v1/refunds", "refund", "charge", "payment_intent"),
    retrieves("/v1/refunds", "refund"),
    Endpoint("POST", "/v1/refunds/{id}", update_refund),
    lists("/v1/disputes", "dispute", "charge", "payment_intent"),
    retrieves("/v1/disputes", "dispute"),
    Endpoint("POST", "/v1/disputes/{id}", update_dispute),
    Endpoint("POST", "/v1/disputes/{id}/close", close),
    Endpoint("GET", "/v1/balance", balance),
    lists("/v1/balance_transactions", "balance_transaction", "source", "type", "currency", "payout"),
    retrieves("/v1/balance_transactions", "balance_transaction"),
    lists("/v1/events", "event", "type"),
    retrieves("/v1/events", "event"),
)
