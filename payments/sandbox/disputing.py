"""Disputes: the cardholder's bank takes the money back, with a fee, until somebody wins."""

from __future__ import annotations

from payments.sandbox.balance import record
from payments.sandbox.box import DAY, Box
from payments.sandbox.errors import Json, unexpected_state
from payments.sandbox.money import dispute_fee

EVIDENCE_DUE = 7 * DAY


def open_dispute(box: Box, charge: Json, reason: str) -> Json:
    """A dispute over the whole captured amount; its amount and fee leave the platform's balance."""
    amount, currency = charge["amount_captured"], charge["currency"]
    dispute = box.new(
        "dispute", "du", amount=amount, balance_transactions=[], charge=charge["id"], currency=currency,
        evidence={}, metadata={}, payment_intent=charge["payment_intent"], reason=reason, status="needs_response",
        evidence_details={"due_by": box.now() + EVIDENCE_DUE, "has_evidence": False, "past_due": False,
                          "submission_count": 0},
        is_charge_refundable=False, network_reason_code="10.4",
    )  # fmt: skip
    _move(box, dispute, amount=-amount, fee=dispute_fee(currency))
    charge["disputed"] = True
    box.save(charge)
    box.emit("charge.dispute.created", dispute)
    box.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(box: Box, dispute: Json, outcome: str) -> Json:
    """Ends an open dispute: `won` gives amount and fee back, `lost` leaves them gone."""
    if dispute["status"] not in {"needs_response", "under_review"}:
        raise unexpected_state("dispute", dispute["status"], "closed")
    dispute["status"] = outcome
    if outcome == "won":
        _move(box, dispute, amount=dispute["amount"], fee=-dispute_fee(dispute["currency"]))
        box.emit("charge.dispute.funds_reinstated", dispute)
    box.save(dispute)
    box.emit("charge.dispute.closed", dispute)
    return dispute


def _move(box: Box, dispute: Json, *, amount: int, fee: int) -> None:
    movement = record(
        box, "adjustment", dispute, amount=amount, currency=dispute["currency"], fees=(("stripe_fee", fee),),
        category="dispute" if amount < 0 else "dispute_reversal",
    )  # fmt: skip
    dispute["balance_transactions"].append(movement)
    box.save(dispute)
