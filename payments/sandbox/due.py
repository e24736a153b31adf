"""What time alone brings about: expiry, settlement, arrival of payouts, renewal and dunning."""

from __future__ import annotations

from payments.sandbox.billing import renew, set_status, try_to_collect
from payments.sandbox.box import DAY, Box
from payments.sandbox.charging import release
from payments.sandbox.errors import invalid

INCOMPLETE_LIFETIME = 23 * 3600


def advance_clock(box: Box, seconds: int) -> None:
    """Moves the clock forward a day at a time, so that everything due happens in its order."""
    while seconds > 0:
        step = min(seconds, DAY)
        with box.store.transaction():
            box.advance(step)
            run_due(box)
        seconds -= step


def turn_back(box: Box, seconds: int) -> None:
    """Sets the clock of an empty world back, so that a history can be played into it. Refuses in any other."""
    with box.store.transaction():
        if box.store.rows("SELECT 1 FROM objects LIMIT 1"):
            raise invalid("Time only goes back in a world without objects.", param="back")
        box.advance(-seconds)


def run_due(box: Box) -> None:
    """Applies everything whose moment has come on the sandbox's clock. Called inside a transaction."""
    now = box.now()
    expire_authorisations(box, now)
    settle_funds(box, now)
    pay_out(box, now)
    bill(box, now)


def expire_authorisations(box: Box, now: int) -> None:
    """An authorisation nobody captured by `capture_before` goes back to the card; its intent is canceled."""
    for intent in box.store.find("payment_intent", status="requires_capture", oldest_first=True):
        charge = box.get("charge", intent["latest_charge"])
        if charge["payment_method_details"]["card"]["capture_before"] <= now:
            release(box, intent, reason="expired")


def settle_funds(box: Box, now: int) -> None:
    box.store.rows(
        "UPDATE objects SET body = json_set(body, '$.status', 'available') WHERE kind = 'balance_transaction'"
        " AND json_extract(body, '$.status') = 'pending' AND json_extract(body, '$.available_on') <= ?",
        now,
    )


def pay_out(box: Box, now: int) -> None:
    for payout in box.store.find("payout", status="pending", oldest_first=True):
        if payout["arrival_date"] <= now:
            payout["status"] = "paid"
            box.save(payout)
            box.emit("payout.paid", payout, account=box.store.account_of(payout["id"]))


def bill(box: Box, now: int) -> None:
    for subscription in box.store.find("subscription", status="active", oldest_first=True):
        if subscription["items"]["data"][0]["current_period_end"] <= now:
            renew(box, subscription)
    for subscription in box.store.find("subscription", status="past_due", oldest_first=True):
        invoice = box.get("invoice", subscription["latest_invoice"])
        if invoice["status"] == "open" and (invoice["next_payment_attempt"] or now + 1) <= now:
            try_to_collect(box, subscription, invoice)
    for subscription in box.store.find("subscription", status="incomplete", oldest_first=True):
        if subscription["created"] + INCOMPLETE_LIFETIME <= now:
            set_status(box, subscription, "incomplete_expired")
