"""Every cent that moved on the platform's balance at Stripe, booking by booking, against the books."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import stripe
from django.db.models import Max, Min, Sum

from evbooking.core.money import Money
from payments.gateway import money_of
from payments.ledger.checking.comparing import batches
from payments.ledger.checking.difference import Difference
from payments.ledger.checking.stripe_objects import asked_from
from payments.models import Dispute, LedgerEntry, Payment


@dataclass(slots=True)
class Moved:
    """Net amounts in minor units by charge, and the time of the newest movement of each."""

    net: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    newest: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, charge: str, net: int, created: int) -> None:
        self.net[charge] += net
        self.newest[charge] = max(self.newest[charge], created)


def compare_balance(client: stripe.StripeClient, since: datetime, settled: datetime) -> Iterator[Difference]:
    """Bookings first paid since then, at rest by `settled`, whose movements at Stripe and here are not one sum."""
    moved = _moved(client, since)
    captured = (
        Payment.objects.filter(captured_amount__gt=0)
        .values_list("account__booking__reference", "currency")
        .annotate(first=Min("captured_at"))
        .filter(first__gte=since, first__lt=settled)
        .order_by("account__booking__reference")
    )
    for batch in batches(captured.iterator()):
        references = [row[0] for row in batch]
        booked, charges = _booked(references), _charges_of(references)
        for reference, currency, _ in batch:
            there, at = _sum(moved, charges[reference])
            here, newest = booked.get((reference, currency), (Decimal(0), None))
            theirs, ours = money_of(there, currency), Money(here, currency)
            at_rest = at < settled.timestamp() and (newest is None or newest < settled)
            if theirs != ours and at_rest:
                yield Difference("balance", reference, f"Stripe moved {theirs}, we booked {ours}")


def _moved(client: stripe.StripeClient, since: datetime) -> Moved:
    """All balance transactions by the charge they come from; the newest come first, so links are resolved last."""
    by_source, links = Moved(), {}
    asked: Any = {**asked_from(since), "expand": ["data.source"]}
    for one in client.v1.balance_transactions.list(asked).auto_paging_iter():
        source = one.source
        if source is None or isinstance(source, str):
            continue
        by_source.add(_origin(source), one.net, one.created)
        links[source.id] = _origin(source)
    links |= _returns(one for one in by_source.net if one.startswith("tr_"))
    moved = Moved()
    for origin, net in by_source.net.items():
        moved.add(_followed(origin, links), net, by_source.newest[origin])
    return moved


def _origin(source: Any) -> str:
    """What a movement's object comes from: a charge for most; a transfer or a fee, for what is taken back of them."""
    match source.object:
        case "transfer":
            return str(source.source_transaction or source.id)
        case "transfer_reversal":
            return str(source.transfer)
        case "application_fee":
            return str(source.originating_transaction or source.id)
        case "fee_refund":
            return str(source.fee)
        case "refund" | "dispute":
            return str(source.charge)
        case _:
            return str(source.id)


def _returns(transfers: Iterable[str]) -> dict[str, str]:
    """The charges for which these transfers gave operators back what a won dispute had taken from them."""
    won = Dispute.objects.exclude(returned_id="").filter(returned_id__in=transfers)
    return dict(won.values_list("returned_id", "payment__charge_id"))


def _followed(origin: str, links: dict[str, str]) -> str:
    following = links.get(origin, origin)
    return origin if following == origin else _followed(following, links)


def _charges_of(references: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    payments = Payment.objects.filter(account__booking__reference__in=references).exclude(charge_id="")
    for reference, charge in payments.values_list("account__booking__reference", "charge_id"):
        found[reference or ""].append(charge)
    return found


def _sum(moved: Moved, charges: list[str]) -> tuple[int, int]:
    """Net of several charges, and when the last of it moved."""
    return sum(moved.net.get(one, 0) for one in charges), max(
        (moved.newest.get(one, 0) for one in charges), default=0
    )


def _booked(references: list[str]) -> dict[tuple[str, str], tuple[Decimal, datetime]]:
    rows = (
        LedgerEntry.objects.filter(account="STRIPE_BALANCE", transaction__booking_reference__in=references)
        .values_list("transaction__booking_reference", "currency")
        .annotate(sum=Sum("amount"), newest=Max("transaction__occurred_at"))
        .order_by()
    )
    return {(reference, currency): (amount, newest) for reference, currency, amount, newest in rows}
