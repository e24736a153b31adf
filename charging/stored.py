"""A stored CDR as the bill it holds, and computed again from the inputs it holds: the two are equal, always."""

from typing import Any
from zoneinfo import ZoneInfo

from charging.bill import Adjustment, Bill, Reserved, adjusted, bill_cancellation, bill_no_show, bill_session
from charging.models import CDR
from charging.periods import profile_of
from charging.vat import row_of
from evbooking.core.money import Money
from stations.pricing import Tariff


def stored_bill(cdr: CDR) -> Bill:
    """The bill as it was issued."""
    return Bill(
        lines=tuple(cdr.lines),
        vat=tuple(row_of(row) for row in cdr.vat),
        total_before_taxes=Money(cdr.total_before_taxes, cdr.currency),
        taxes=Money(cdr.total_taxes, cdr.currency),
        total=Money(cdr.total_after_taxes, cdr.currency),
        tax_included=cdr.tax_included,
    )


def recompute(cdr: CDR) -> Bill:
    """The bill that the CDR's own tariff, periods and times give; of a credit CDR the opposite of its original's."""
    bill = _computed(cdr)
    return bill if cdr.credit_of_id is None else -bill


def _computed(cdr: CDR) -> Bill:
    return adjusted(_unadjusted(cdr), map(_adjustment, cdr.adjustments))


def _unadjusted(cdr: CDR) -> Bill:
    tariff, zone = Tariff.from_ocpi(cdr.tariff), ZoneInfo(cdr.time_zone)
    if cdr.kind == CDR.Kind.CANCELLATION:
        return bill_cancellation(tariff, fee=cdr.fee)
    if cdr.kind == CDR.Kind.SESSION:
        profile = profile_of(cdr.charging_periods, cdr.end)
        return bill_session(tariff, profile, zone=zone, reserved=_reserved(cdr))
    reserved = _reserved(cdr) or (cdr.start, cdr.end)
    return bill_no_show(tariff, reserved=reserved, zone=zone, fee=cdr.fee)


def _adjustment(document: dict[str, Any]) -> Adjustment:
    return Adjustment(Money.from_json(document["amount"]), document["reason"])


def _reserved(cdr: CDR) -> Reserved | None:
    if cdr.reserved_from is None or cdr.reserved_until is None:
        return None
    return cdr.reserved_from, cdr.reserved_until
