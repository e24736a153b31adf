"""Webhooks as their operator's people see them: every lookup asks for the person's part in the operator at once."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import Membership, Operator, User
from accounts.scoping import Person, Role, get_scoped, scoped
from evbooking.core.errors import NotFound
from evbooking.core.models import DomainEvent
from notifications.models import WebhookDelivery, WebhookEndpoint


def webhooks_of(person: Person) -> QuerySet[WebhookEndpoint]:
    """The endpoints of the person's operators."""
    return scoped(WebhookEndpoint.objects.select_related("operator"), person)


def get_webhook(person: Person, endpoint_id: UUID, *, minimum: Role = Role.STAFF) -> WebhookEndpoint:
    """An endpoint of the person's. Raises NotFound for someone else's, Forbidden for too low a role."""
    return get_scoped(webhooks_of(person), minimum, pk=endpoint_id)


def deliveries_to(endpoint: WebhookEndpoint) -> QuerySet[WebhookDelivery]:
    """The endpoint's log with every attempt, the newest first."""
    found = WebhookDelivery.objects.filter(endpoint=endpoint).prefetch_related("tries")
    return found.order_by("-created_at", "id")


def get_delivery(endpoint: WebhookEndpoint, delivery_id: UUID) -> WebhookDelivery:
    """One line of the log. Raises NotFound."""
    found = deliveries_to(endpoint).filter(pk=delivery_id).first()
    if found is None:
        raise NotFound
    return found


def listening_for(name: str, *, event: DomainEvent) -> list[WebhookEndpoint]:
    """The active endpoints of the operator of the event's station that chose events of this name."""
    return list(
        WebhookEndpoint.objects.filter(
            operator__stations=event.data["station_id"],
            state=WebhookEndpoint.State.ACTIVE,
            events__contains=[name],
        ).order_by("pk")
    )


def owners_of(operator_id: UUID) -> Iterable[User]:
    owners = Membership.objects.filter(operator=operator_id, role=Role.OWNER).select_related("user")
    return [owner.user for owner in owners.order_by("user")]


def may_manage(person: Person, operator: Operator) -> bool:
    """Whether the person may make and change the operator's webhooks."""
    roles = Role.at_least(Role.MANAGER)
    return Membership.objects.filter(user=person.pk, operator=operator, role__in=roles).exists()
