"""How the generated stations are paid: most online by authorisation, some at the charger, one of each other way."""

from decimal import Decimal
from typing import Any, Final

from stations.models import BookingTerms

Payment, Security = BookingTerms.Payment, BookingTerms.Security

_ON_SITE: Final = {"payment": Payment.ON_SITE}
_OTHERS: Final[dict[int, dict[str, Any]]] = {
    4: {"security": Security.PREPAYMENT},
    7: {"security": Security.DEPOSIT, "deposit_amount": Decimal(5)},
}


def payment_terms(number: int, *, online: bool) -> dict[str, Any]:
    """The fields of BookingTerms of station `number`; at the charger everywhere where nothing can be paid online."""
    if not online or number % 6 == 5:
        return _ON_SITE
    return {"payment": Payment.ONLINE, **_OTHERS.get(number, {})}
