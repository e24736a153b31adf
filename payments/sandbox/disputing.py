"""Disputes: the cardholder's bank asks about a charge, or takes its money back, with a fee, until somebody wins."""

from __future__ import annotations

from payments.sandbox.balance import record
from payments.sandbox.box import DAY, Box
from payments.sandbox.errors import Json, unexpected_state
from payments.sandbox.money import dispute_fee

EVIDENCE_DUE = 7 * DAY


def open_dispute(
    box: Box, charge: Json, reason: str, *, amount: int | None = None, inquiry: bool = False
) -> Json:
    """A dispute over `amount`, all that was captured by default; it leaves the platform's balance, with a fee.

    An inquiry only asks: nothing moves, and the charge can still be refunded, until it is closed or escalated.
    """
    dispute = box.new(
        "dispute", "du", amount=amount or charge["amount_captured"], balance_transactions=[], charge=charge["id"],
        currency=charge["currency"], evidence={}, metadata={}, payment_intent=charge["payment_intent"],
        reason=reason, status="warning_needs_response" if inquiry else "needs_response",
        evidence_details={"due_by": box.now() + EVIDENCE_DUE, "has_evidence": False, "past_due": False,
                          "submission_count": 0},
        is_charge_refundable=inquiry, network_reason_code="10.4",
    )  # fmt: skip
    charge["disputed"] = True
    box.save(charge)
    if not inquiry:
        _withdraw(box, dispute)
    box.emit("charge.dispute.created", dispute)
    if not inquiry:
        box.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def escalate(box: Box, dispute: Json) -> Json:
    """The bank was not satisfied: an inquiry becomes a dispute, and the money goes."""
    if not dispute["status"].startswith("warning_") or dispute["status"] == "warning_closed":
        raise unexpected_state("dispute", dispute["status"], "escalated")
    dispute.update(status="needs_response", is_charge_refundable=False)
    _withdraw(box, dispute)
    box.emit("charge.dispute.updated", dispute)
    box.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(box: Box, dispute: Json, outcome: str) -> Json:
    """Ends an open dispute: `won` gives amount and fee back, `lost` leaves them gone; an inquiry is warning_closed."""
    asked = dispute["status"] in {"warning_needs_response", "warning_under_review"}
    disputed = dispute["status"] in {"needs_response", "under_review"}
    if not (asked if outcome == "warning_closed" else disputed):
        raise unexpected_state("dispute", dispute["status"], "closed")
    dispute["status"] = outcome
    if outcome != "lost":
        dispute["is_charge_refundable"] = True
    if outcome == "won":
        _move(box, dispute, amount=dispute["amount"], fee=-dispute_fee(dispute["currency"]))
        box.emit("charge.dispute.funds_reinstated", dispute)
    box.save(dispute)
    box.emit("charge.dispute.closed", dispute)
    return dispute


def is_charged_back(box: Box, charge: Json) -> bool:
    """Whether a bank has, or has taken, what this charge brought: then it cannot be refunded."""
    return any(not one["is_charge_refundable"] for one in box.store.find("dispute", charge=charge["id"]))


def _withdraw(box: Box, dispute: Json) -> None:
    _move(box, dispute, amount=-dispute["amount"], fee=dispute_fee(dispute["currency"]))


def _move(box: Box, dispute: Json, *, amount: int, fee: int) -> None:
    movement = record(
        box, "adjustment", dispute, amount=amount, currency=dispute["currency"], fees=(("stripe_fee", fee),),
        category="dispute" if amount < 0 else "dispute_reversal",
    )  # fmt: skip
    dispute["balance_transactions"].append(movement)
    box.save(dispute)
