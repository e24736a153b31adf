"""What happens to people's money, told to them."""

from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from evbooking.core.events import subscribe
from evbooking.core.models import DomainEvent
from notifications.services.telling import News, tell


@subscribe("payment.failed", handler="notifications.payments_failed")
def tell_of_failure(event: DomainEvent) -> None:
    why = {"reason": event.data.get("failure", ""), "code": event.data.get("failure_code", "")}
    facts = _facts(event) | why
    _tell_payer(event, "payment_failed", facts, _checkout(event))


@subscribe("payment.action_required", handler="notifications.payments_waiting")
def tell_of_action(event: DomainEvent) -> None:
    """A card that has to be confirmed or replaced by a time; or what is still owed after the end."""
    owed = bool(event.data.get("owed"))
    facts = _facts(event) | ({"owed": True} if owed else {"due_by": event.data.get("due_by")})
    _tell_payer(event, "payment_action", facts, _checkout(event))


@subscribe("document.issued", handler="notifications.documents")
def tell_of_document(event: DomainEvent) -> None:
    number = event.data["number"]
    facts = _facts(event) | {"document": event.data["kind"], "number": number}
    _tell_payer(event, "receipt", facts, reverse("payments:document", args=[number]))


@subscribe("refund.succeeded", handler="notifications.refunds")
def tell_of_refund(event: DomainEvent) -> None:
    _tell_payer(event, "refund", _facts(event), reverse("payments:history"))


def _facts(event: DomainEvent) -> dict[str, Any]:
    amount = {"amount": event.data["amount"], "currency": event.data["currency"]}
    return {"amount": amount, "reference": event.data.get("booking") or ""}


def _checkout(event: DomainEvent) -> str:
    reference = event.data.get("booking")
    return reverse("payments:checkout", args=[reference]) if reference else reverse("payments:history")


def _tell_payer(event: DomainEvent, kind: str, facts: dict[str, Any], path: str) -> None:
    payer = User.objects.filter(pk=event.data["driver_id"])
    tell(News(event, kind, facts, path), payer, now=timezone.now())
