"""What we say that Stripe has: amounts by Stripe's ids."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from evbooking.core.money import Money
from payments.ledger.checking.comparing import Amounts
from payments.models import Dispute, LedgerEntry, Payment, Payout, Refund

Row = tuple[str, Money | None]
_GONE: Final = ("FAILED", "CANCELED")
_CHUNK: Final = 2000


class Ours:
    """One kind of our rows, by the columns of Stripe's id, the amount and when it was made."""

    def __init__(
        self, rows: QuerySet[Payment | Refund | Dispute | Payout], id_: str, amount: str, at: str
    ) -> None:
        self._rows, self._id, self._amount, self._at = rows.order_by(), id_, amount, at

    def known(self, ids: list[str]) -> Amounts:
        """Those of these ids that we have."""
        return dict(self._read(self._rows.filter(**{f"{self._id}__in": ids})))

    def made(self, since: datetime, until: datetime) -> Iterator[Row]:
        """Those of [since, until) that have an id at Stripe."""
        window = {f"{self._at}__gte": since, f"{self._at}__lt": until}
        return self._read(self._rows.filter(**window).exclude(**{self._id: None}).exclude(**{self._id: ""}))

    def _read(self, rows: QuerySet[Payment | Refund | Dispute | Payout]) -> Iterator[Row]:
        values = rows.values_list(self._id, self._amount, "currency")
        for id_, amount, currency in values.iterator(_CHUNK):
            yield id_, Money(amount, currency)


CHARGES: Final = Ours(
    Payment.objects.filter(captured_amount__gt=0), "charge_id", "captured_amount", "captured_at"
)
REFUNDS: Final = Ours(Refund.objects.exclude(status__in=_GONE), "stripe_id", "amount", "created_at")
DISPUTES: Final = Ours(Dispute.objects.all(), "stripe_id", "amount", "created_at")
PAYOUTS: Final = Ours(Payout.objects.exclude(status__in=_GONE), "stripe_id", "amount", "created_at")


class Booked:
    """What is in the books under `<prefix>:<id at Stripe>`, on the operator's balance at Stripe.

    Where `amounts` is None only the ids are told.
    """

    def __init__(self, prefix: str, *, amounts: bool) -> None:
        self._prefix, self._amounts = f"{prefix}:", amounts

    def known(self, ids: list[str]) -> Amounts:
        keys = [self._prefix + id_ for id_ in ids]
        return dict(self._read(self._entries().filter(transaction__key__in=keys)))

    def made(self, since: datetime, until: datetime) -> Iterator[Row]:
        window = {"transaction__occurred_at__gte": since, "transaction__occurred_at__lt": until}
        return self._read(self._entries().filter(**window))

    def _entries(self) -> QuerySet[LedgerEntry]:
        kind = self._prefix.rstrip(":").upper()
        return LedgerEntry.objects.filter(transaction__kind=kind, account="OPERATOR_BALANCE").order_by()

    def _read(self, entries: QuerySet[LedgerEntry]) -> Iterator[Row]:
        values = entries.values_list("transaction__key", "amount", "currency")
        for key, amount, currency in values.iterator(_CHUNK):
            yield key.removeprefix(self._prefix), Money(amount, currency) if self._amounts else None


TRANSFERS: Final = Booked("transfer", amounts=True)
REVERSALS: Final = Booked("reversal", amounts=False)
