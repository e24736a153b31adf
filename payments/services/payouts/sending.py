"""A payout at Stripe: created once, then read again whenever it is told about, until the bank has it or refuses."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import stripe
from django.conf import settings
from django.db import transaction

from evbooking.core import events
from evbooking.core.money import Money
from payments.gateway import minor, stripe_calls
from payments.ledger import post_payout, return_payout
from payments.models import Payout

Status = Payout.Status
_STATUSES: Final = {
    "pending": Status.IN_TRANSIT,
    "in_transit": Status.IN_TRANSIT,
    "paid": Status.PAID,
    "failed": Status.FAILED,
    "canceled": Status.CANCELED,
}
_RANK: Final = {Status.PENDING: 0, Status.IN_TRANSIT: 1, Status.PAID: 2, Status.FAILED: 3, Status.CANCELED: 3}
_EVENTS: Final = {
    Status.IN_TRANSIT: "payout.created",
    Status.PAID: "payout.paid",
    Status.FAILED: "payout.failed",
    Status.CANCELED: "payout.failed",
}
_RETURNED: Final = (Status.FAILED, Status.CANCELED)
_LOOK_BACK: Final = timedelta(hours=1)  # for clocks that differ


def send_payout(payout: Payout, *, now: datetime) -> Payout:
    """Give a payout to Stripe, unless it has it already. FAILED where Stripe refuses it.

    Stripe forgets keys after a day, so it is asked for the payout first. Raises PaymentProviderUnavailable.
    """
    try:
        told = _find(payout) or _create(payout)
    except stripe.InvalidRequestError as refused:
        return _applied(payout, {"status": Status.FAILED, "failure_code": refused.code or "refused"}, now)
    return _applied(payout, _state_of(told), now)


def sync_payout(payout: Payout, *, now: datetime) -> Payout:
    """Ask Stripe what became of a payout and keep it; its state only moves forward. Raises as `send_payout`."""
    if payout.stripe_id is None:
        return send_payout(payout, now=now) if payout.status == Status.PENDING else payout
    with stripe_calls() as client:
        told = client.v1.payouts.retrieve(payout.stripe_id, None, _as_operator(payout))
    return _applied(payout, _state_of(told), now)


def _create(payout: Payout) -> stripe.Payout:
    money = Money(payout.amount, payout.currency)
    with stripe_calls() as client:
        return client.v1.payouts.create(
            {
                "amount": minor(money),
                "currency": money.currency.lower(),
                "metadata": {"payout": str(payout.pk), "installation": settings.EVB_INSTALLATION},
            },
            {**_as_operator(payout), "idempotency_key": f"evb-payout-{payout.pk}"},
        )


def _find(payout: Payout) -> stripe.Payout | None:
    """The payout at Stripe that names our row."""
    since = int((payout.created_at - _LOOK_BACK).timestamp())
    with stripe_calls() as client:
        made = client.v1.payouts.list({"created": {"gte": since}, "limit": 100}, _as_operator(payout))
        wanted = str(payout.pk)
        return next((one for one in made.auto_paging_iter() if _names(one) == wanted), None)


def _names(told: stripe.Payout) -> str | None:
    return str(told.metadata["payout"]) if told.metadata and "payout" in told.metadata else None


def _as_operator(payout: Payout) -> stripe.RequestOptions:
    return {"stripe_account": str(payout.account.stripe_id)}


def _state_of(told: stripe.Payout) -> dict[str, Any]:
    return {
        "stripe_id": told.id,
        "status": _STATUSES[told.status],
        "arrival_date": _day(told.arrival_date),
        "failure_code": told.failure_code or "",
    }


def _day(timestamp: int) -> date:
    return datetime.fromtimestamp(timestamp, UTC).date()


@transaction.atomic
def _applied(payout: Payout, state: dict[str, Any], now: datetime) -> Payout:
    """Keep the state, book what moved, and tell it; an older state than the one known changes nothing."""
    payout = (
        Payout.objects.select_for_update(of=("self",)).select_related("account__operator").get(pk=payout.pk)
    )
    before, after = Status(payout.status), state["status"]
    if _RANK[after] <= _RANK[before]:
        return payout
    for name, value in state.items():
        setattr(payout, name, value)
    payout.last_updated = now
    payout.save()
    if payout.stripe_id:
        post_payout(payout)
    if after in _RETURNED:
        return_payout(payout)
    _tell(payout, now)
    return payout


def _tell(payout: Payout, now: datetime) -> None:
    money = Money(payout.amount, payout.currency)
    events.publish(
        _EVENTS[Status(payout.status)],
        subject=f"payout:{payout.pk}",
        data={
            "payout_id": str(payout.pk),
            "operator_id": str(payout.account_id),
            "status": payout.status,
            "arrival_date": payout.arrival_date.isoformat() if payout.arrival_date else None,
            **money.as_json(),
        },
        now=now,
    )
