"""A bill as a page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from charging.models import CDR
from charging.selectors import bill_of_booking
from charging.stored import stored_bill
from evbooking.core.api.json import decimal_string


@dataclass(frozen=True, slots=True)
class BillOnPage:
    """`document` is the quote object of templates/_parts/quote.html; `taxed` its rows with a VAT rate."""

    document: dict[str, Any]
    taxed: list[dict[str, Any]]
    kwh: str
    estimated: bool


def bill_on_page(reference: str) -> BillOnPage | None:
    """The bill of a booking; None where there is none that stands."""
    cdr = bill_of_booking(reference)
    if cdr is None:
        return None
    document = stored_bill(cdr).as_json()
    is_session = cdr.kind == CDR.Kind.SESSION
    return BillOnPage(
        document,
        [row for row in document["vat"] if row["rate"] is not None],
        decimal_string(cdr.kwh) if is_session else "",
        is_session and cdr.session is not None and cdr.session.meter_stop is None,
    )
