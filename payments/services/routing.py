"""Who listens to which of Stripe's event types. Each module registers its own; all others are IGNORED."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from payments.models import StripeEvent

Handler = Callable[[StripeEvent, datetime], None]

ROUTES: Final[dict[str, Handler]] = {}


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
