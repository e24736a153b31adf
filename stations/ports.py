"""Where higher apps have a say in a station: filled in their AppConfig.ready(), asked by services.editing.

`guard_online_payment(guard)`: called when terms change to payment ONLINE, inside the transaction, with the station's
operator and the ISO 4217 currency of its tariff (None while it has none); it raises Invalid to refuse, with the
remedy in words: field `payment`, code `payments_not_ready`. It looks at our own rows only, never at the network.
"""

from collections.abc import Callable
from dataclasses import dataclass

from accounts.models import Operator
from evbooking.core.errors import Invalid

OnlinePaymentGuard = Callable[[Operator, str | None], None]


@dataclass
class _Filled:
    online_payment: OnlinePaymentGuard | None = None


_filled = _Filled()


def guard_online_payment(guard: OnlinePaymentGuard | None) -> None:
    """Have this guard asked; None where nobody takes payments, so that none can be promised."""
    _filled.online_payment = guard


def online_payment_guard() -> OnlinePaymentGuard | None:
    return _filled.online_payment


def require_online_payment(operator: Operator, currency: str | None) -> None:
    """Raises Invalid at `payment` unless the operator can be paid online in this currency."""
    if _filled.online_payment is None:
        raise Invalid.one("payment", "invalid", "Online payment is not available here.")
    _filled.online_payment(operator, currency)
