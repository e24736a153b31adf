"""/_sandbox: what only a sandbox can do. Clock, faults, deliveries, bank answers, disputes, payouts."""

from __future__ import annotations

from payments.sandbox.balance import record
from payments.sandbox.browsing import answer
from payments.sandbox.calls import Call, Endpoint
from payments.sandbox.disputing import close_dispute, escalate, open_dispute
from payments.sandbox.errors import Json, invalid
from payments.sandbox.faults import add_fault, clear_faults
from payments.sandbox.resources.connect import finish_onboarding
from payments.sandbox.webhooks import deliveries, resend


def read_clock(call: Call) -> Json:
    return {"object": "clock", "now": call.box.now(), "offset": call.box.offset()}


def faults(call: Call) -> Json:
    return {"object": "list", "data": call.box.store.find("_fault", oldest_first=True)}


def arm_fault(call: Call) -> Json:
    return add_fault(call.box, call.params)


def disarm(call: Call) -> Json:
    clear_faults(call.box)
    return faults(call)


def set_webhooks(call: Call) -> Json:
    """Where events go (url, secret), and whether the background delivery rests (paused=true)."""
    box = call.box
    if "url" in call.params:
        box.webhook_url = call.params.text("url")
    if "secret" in call.params:
        box.webhook_secret = call.params.text("secret")
    if "paused" in call.params:
        box.store.set_setting("paused", "1" if call.params.boolean("paused") else "0")
    return {"object": "webhooks", "url": box.webhook_url, "paused": box.store.setting("paused") == "1"}


def list_deliveries(call: Call) -> Json:
    return {"object": "list", "data": deliveries(call.box)}


def resend_event(call: Call) -> Json:
    resend(call.box, call.id)
    return list_deliveries(call)


def answer_intent(call: Call) -> Json:
    """outcome=complete or fail of the 3-D Secure challenge, without a browser."""
    intent = call.box.store.get(call.id)
    if intent is None or intent.get("status") != "requires_action":
        raise invalid(f"No intent '{call.id}' waits for its cardholder.", param="id")
    return answer(call.box, intent, passed=call.params.choice("outcome", ("complete", "fail")) == "complete")


def begin_dispute(call: Call) -> Json:
    """The cardholder's bank disputes a charge, or `amount` of it; with inquiry=true it only asks."""
    params, charge = call.params, call.box.get("charge", call.id)
    if not charge["captured"]:
        raise invalid("Only what was captured is disputed.", param="id")
    reason, amount = params.text("reason") or "fraudulent", params.integer("amount")
    return open_dispute(call.box, charge, reason, amount=amount, inquiry=params.boolean("inquiry"))


def escalate_dispute(call: Call) -> Json:
    return escalate(call.box, call.box.get("dispute", call.id))


def end_dispute(call: Call) -> Json:
    dispute = call.box.get("dispute", call.id)
    outcome = call.params.choice("outcome", ("won", "lost", "warning_closed"))
    return close_dispute(call.box, dispute, outcome)


def onboard_account(call: Call) -> Json:
    """Finishes an account's onboarding without a browser."""
    account = call.box.get("account", call.id)
    finish_onboarding(account)
    call.box.save(account)
    call.box.emit("account.updated", account, account=account["id"])
    return account


def fail_payout(call: Call) -> Json:
    """The bank sends a payout back: the money is on the balance again."""
    account = call.box.store.account_of(call.id) if call.box.store.get(call.id) else ""
    payout = call.box.get("payout", call.id, account=account)
    if payout["status"] not in {"pending", "paid"}:
        raise invalid(f"A payout that is {payout['status']} cannot fail.")
    movement = record(call.box, "payout_failure", payout, amount=payout["amount"], currency=payout["currency"],
                      account=account)  # fmt: skip
    payout.update(status="failed", failure_code="account_closed", failure_balance_transaction=movement["id"],
                  failure_message="The bank account has been closed.")  # fmt: skip
    call.box.save(payout)
    call.box.emit("payout.failed", payout, account=account)
    return payout


def fail_refund(call: Call) -> Json:
    """The cardholder's bank cannot take a refund: the money is back on the platform's balance."""
    refund = call.box.get("refund", call.id)
    if refund["status"] != "succeeded":
        raise invalid(f"A refund that is {refund['status']} cannot fail.")
    movement = record(
        call.box, "refund_failure", refund, amount=refund["amount"], currency=refund["currency"]
    )
    refund.update(
        status="failed", failure_reason="lost_or_stolen_card", failure_balance_transaction=movement["id"]
    )
    call.box.save(refund)
    charge = call.box.get("charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    call.box.save(charge)
    call.box.emit("refund.failed", refund)
    call.box.emit("charge.refund.updated", refund)
    return refund


ROUTES = (
    Endpoint("GET", "/_sandbox/clock", read_clock),
    Endpoint("GET", "/_sandbox/faults", faults),
    Endpoint("POST", "/_sandbox/faults", arm_fault),
    Endpoint("DELETE", "/_sandbox/faults", disarm),
    Endpoint("POST", "/_sandbox/webhooks", set_webhooks),
    Endpoint("GET", "/_sandbox/deliveries", list_deliveries),
    Endpoint("POST", "/_sandbox/events/{id}/resend", resend_event),
    Endpoint("POST", "/_sandbox/intents/{id}/challenge", answer_intent),
    Endpoint("POST", "/_sandbox/charges/{id}/dispute", begin_dispute),
    Endpoint("POST", "/_sandbox/disputes/{id}/escalate", escalate_dispute),
    Endpoint("POST", "/_sandbox/disputes/{id}/close", end_dispute),
    Endpoint("POST", "/_sandbox/accounts/{id}/onboard", onboard_account),
    Endpoint("POST", "/_sandbox/payouts/{id}/fail", fail_payout),
    Endpoint("POST", "/_sandbox/refunds/{id}/fail", fail_refund),
)
