"""Events as other programs get them: CloudEvents 1.0 (cncf/cloudevents, spec.md v1.0.2, JSON event format)."""

from typing import Any

from django.conf import settings

from evbooking.core.api.json import instant
from evbooking.core.models import DomainEvent

PREFIX = "org.evbooking"
SPEC_VERSION = "1.0"


def cloudevent(event: DomainEvent) -> dict[str, Any]:
    """The event in structured JSON mode. `source` and `id` together are unique for ever; `sequence`, the extension
    of that name, orders the events of one subject."""
    versioned = f"{event.type}.v{event.version}"
    return {
        "specversion": SPEC_VERSION,
        "id": str(event.pk),
        "source": settings.PUBLIC_URL,
        "type": f"{PREFIX}.{versioned}",
        "subject": event.subject,
        "time": instant(event.occurred_at),
        "datacontenttype": "application/json",
        "dataschema": f"{settings.PUBLIC_URL}/api/events/{versioned}.json",
        "sequence": f"{event.sequence:010}",
        "data": event.data,
    }
