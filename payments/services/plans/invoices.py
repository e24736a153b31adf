"""The invoices of an operator's plan, as Stripe keeps them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import stripe

from evbooking.core.money import Money
from payments.gateway import is_missing, money_of, stripe_calls
from payments.models import OperatorPlan

_SHOWN: Final = 24


@dataclass(frozen=True, slots=True)
class PlanInvoice:
    """`page` and `pdf` are Stripe's addresses, empty where it gives none."""

    number: str
    at: datetime
    total: Money
    status: str
    page: str
    pdf: str


def invoices_of(plan: OperatorPlan | None) -> list[PlanInvoice]:
    """The last two years', the newest first; none of a customer that Stripe does not know (any more).

    Raises PaymentProviderUnavailable.
    """
    if plan is None or not plan.stripe_customer:
        return []
    try:
        with stripe_calls() as client:
            listed = client.v1.invoices.list({"customer": plan.stripe_customer, "limit": _SHOWN})
    except stripe.InvalidRequestError as error:
        if not is_missing(error):
            raise
        return []
    return [_row(invoice) for invoice in listed.data]


def _row(invoice: stripe.Invoice) -> PlanInvoice:
    return PlanInvoice(
        number=invoice.number or str(invoice.id),
        at=datetime.fromtimestamp(invoice.created, UTC),
        total=money_of(invoice.total, invoice.currency),
        status=invoice.status or "draft",
        page=invoice.hosted_invoice_url or "",
        pdf=invoice.invoice_pdf or "",
    )
