"""Every bill of a booking paid online gets its document, every credit its credit note."""

from charging.models import CDR
from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent
from payments.services.documents import issue_for_cdr
from payments.services.owing import account_of_bill


@subscribe("cdr.issued", "cdr.credited", handler="payments.documents")
def issue_document(event: DomainEvent) -> None:
    """What is paid at the charger gets its paper there."""
    cdr = CDR.objects.select_related("driver", "station__operator", "credit_of").get(pk=event.data["cdr_id"])
    if account_of_bill(cdr, now=event.occurred_at) is not None:
        issue_for_cdr(cdr, now=event.occurred_at)
