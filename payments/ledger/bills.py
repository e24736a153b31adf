"""Bills in the books: what a driver owes by a CDR, and whom it belongs to."""

from dataclasses import dataclass
from decimal import Decimal

from charging.models import CDR
from evbooking.core.money import Money
from payments.amounts import in_steps
from payments.ledger.recording import Account, Entry, Kind, Parties, entries_of, record
from payments.models import LedgerTransaction


@dataclass(frozen=True, slots=True)
class Parts:
    """What a bill consists of; `net` + `tax` + `fee` = `total`, each negative in a credit."""

    total: Money
    tax: Money
    fee: Money

    @property
    def net(self) -> Money:
        return self.total - self.tax - self.fee


def parts_of(cdr: CDR, *, fee_share: Decimal) -> Parts:
    """A CDR's total, its VAT, and the platform's fee: `fee_share` percent of the total, in steps that Stripe takes.

    Rounded half away from zero, so the fee of a credit is exactly minus the fee of its original.
    """
    total = Money(cdr.total_after_taxes, cdr.currency)
    return Parts(
        total, Money(cdr.total_taxes, cdr.currency), in_steps(total.amount * fee_share / 100, cdr.currency)
    )


def post_bill(cdr: CDR, *, fee_share: Decimal) -> LedgerTransaction | None:
    """BILL `bill:<cdr>`: the driver owes the total; the operator gets it but for the VAT and the platform's fee.

    `fee_share` is a percentage, that of the booking's account. A credit CDR posts the opposite of what its original
    was booked with, whatever share is given for it; the original is booked first where it was not yet.
    """
    return record(
        Kind.BILL,
        key=bill_key(cdr),
        occurred_at=cdr.issued_at,
        description=_described(cdr),
        entries=_entries(cdr, fee_share),
        booking_reference=cdr.booking_reference or "",
    )


def post_on_site(cdr: CDR) -> LedgerTransaction | None:
    """ON_SITE `on-site:<cdr>`, after its BILL without a fee: the driver paid the operator at the charger."""
    parts, parties = parts_of(cdr, fee_share=Decimal(0)), _parties(cdr)
    return record(
        Kind.ON_SITE,
        key=f"on-site:{cdr.pk}",
        occurred_at=cdr.issued_at,
        description="Paid at the charger",
        entries=[
            Entry(Account.OPERATOR_PAYABLE, parts.net, parties),
            Entry(Account.TAX, parts.tax, parties),
            Entry(Account.DRIVER_RECEIVABLE, -parts.total, parties),
        ],
        booking_reference=cdr.booking_reference or "",
    )


def bill_key(cdr: CDR) -> str:
    return f"bill:{cdr.pk}"


def _entries(cdr: CDR, fee_share: Decimal) -> list[Entry]:
    if cdr.credit_of is None:
        return _original(cdr, fee_share)
    post_bill(cdr.credit_of, fee_share=fee_share)
    return [-entry for entry in entries_of(bill_key(cdr.credit_of))]


def _original(cdr: CDR, fee_share: Decimal) -> list[Entry]:
    parts, parties = parts_of(cdr, fee_share=fee_share), _parties(cdr)
    return [
        Entry(Account.DRIVER_RECEIVABLE, parts.total, parties),
        Entry(Account.OPERATOR_PAYABLE, -parts.net, parties),
        Entry(Account.TAX, -parts.tax, parties),
        Entry(Account.PLATFORM_FEE, -parts.fee, parties),
    ]


def _parties(cdr: CDR) -> Parties:
    return Parties(cdr.station.operator_id, cdr.driver_id, cdr.station_id)


def _described(cdr: CDR) -> str:
    kind = cdr.get_kind_display()
    return f"Bill of a {kind}" if cdr.credit_of_id is None else f"Credit of a {kind}"
