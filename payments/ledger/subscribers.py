"""Every bill and every credit goes into the books, paid online or at the charger, so that revenue is complete."""

from decimal import Decimal

from charging.models import CDR
from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent
from payments.ledger.bills import post_bill, post_on_site
from payments.services.owing import account_of_bill


@subscribe("cdr.issued", "cdr.credited", handler="payments.ledger")
def book_bill(event: DomainEvent) -> None:
    """BILL with the fee of the booking's account; without one it is paid at the charger, and no fee is due."""
    cdr = CDR.objects.select_related("station", "credit_of__station").get(pk=event.data["cdr_id"])
    account = account_of_bill(cdr, now=event.occurred_at)
    if account is not None:
        post_bill(cdr, fee_share=account.fee_share)
        return
    post_bill(cdr, fee_share=Decimal(0))
    post_on_site(cdr)
