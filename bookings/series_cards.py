"""The card that a series has saved, as bookings know it: whoever brings payments secures dates with it.

Filled in AppConfig.ready() of payments.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bookings.models import Booking

SecureDate = Callable[[Booking, datetime], bool]


@dataclass
class _Filled:
    secure: SecureDate | None = None


_filled = _Filled()


def use_saved_cards(secure: SecureDate | None) -> None:
    """Have this promise a held date on its series' saved card, in the caller's transaction, and keep the booking it
    is given up to date; it answers False where there is no such card. None: no series has one."""
    _filled.secure = secure


def secure_date(booking: Booking, now: datetime) -> bool:
    """Whether a held date of a series is promised now, on the saved card. Needs a transaction."""
    return _filled.secure is not None and _filled.secure(booking, now)
