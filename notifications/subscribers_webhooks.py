"""Events for the programs of operators and partners, and a word to the owners of a webhook that was disabled."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import Operator
from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent
from notifications.selectors.webhooks import owners_of
from notifications.services.telling import News, tell
from notifications.services.webhooks.queueing import queue_event
from notifications.webhooks.catalogue import SOURCES


@subscribe(*SOURCES, handler="notifications.webhooks")
def queue_for_webhooks(event: DomainEvent) -> None:
    """A row for each endpoint that chose it; sending is the pump's."""
    queue_event(event, now=timezone.now())


@subscribe("webhook.disabled", handler="notifications.webhook_disabled")
def tell_of_disabled_webhook(event: DomainEvent) -> None:
    operator = Operator.objects.get(pk=event.data["operator_id"])
    facts = {
        "url": event.data["url"],
        "operator": operator.name,
        "gone": event.data["reason"] == "GONE",
    }
    path = reverse("webhooks:detail", args=[event.data["endpoint_id"]])
    tell(News(event, "webhook_disabled", facts, path), owners_of(operator.pk), now=timezone.now())
