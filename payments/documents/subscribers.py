"""Every bill of a booking paid online gets its document, every credit its credit note."""

from charging.models import CDR
from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent
from payments.models import BookingAccount
from payments.services.documents import issue_for_cdr


@subscribe("cdr.issued", "cdr.credited", handler="payments.documents")
def issue_document(event: DomainEvent) -> None:
    """What is paid at the charger gets its paper there."""
    if not BookingAccount.objects.filter(booking__reference=event.data["reference"]).exists():
        return
    cdr = CDR.objects.select_related("driver", "station__operator", "credit_of").get(pk=event.data["cdr_id"])
    issue_for_cdr(cdr, now=event.occurred_at)
