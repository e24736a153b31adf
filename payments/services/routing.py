"""Who listens to which of Stripe's event types. Each module registers its own; all others are IGNORED."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.conf import settings

from payments.models import OperatorAccount, StripeEvent

Handler = Callable[[StripeEvent, datetime], None]

ROUTES: Final[dict[str, Handler]] = {}


class NotOurs(Exception):
    """The event is about nothing of ours; it is IGNORED, and the reason kept."""


def require_ours(event: StripeEvent) -> None:
    """Raises NotOurs for another installation's object in a shared Stripe account, or an account nobody here has."""
    object_ = event.payload.get("data", {}).get("object", {})
    named = (object_.get("metadata") or {}).get("installation")
    if named not in {None, settings.EVB_INSTALLATION}:
        raise NotOurs("It is about an object of another installation.")
    if event.account and not OperatorAccount.objects.filter(stripe_id=event.account).exists():
        raise NotOurs("It is about an account that no operator here has.")


def on(*types: str) -> Callable[[Handler], Handler]:
    """Register the decorated function for these types. It asks Stripe for the object that the event names.

    Raises ValueError where somebody else listens to one already.
    """

    def register(handler: Handler) -> Handler:
        for type_ in types:
            if type_ in ROUTES:
                raise ValueError(f"Two handlers listen to {type_}.")
            ROUTES[type_] = handler
        return handler

    return register
