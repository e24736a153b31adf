"""What the clock does to payments: it asks Stripe about what no webhook told, and does what has become due.

Each function works on what is due now, may run late, twice, or twice at once, and goes on with the next where one
fails.
"""

from payments.services.sweeping.authorising import authorise_due
from payments.services.sweeping.grace import remind_failed
from payments.services.sweeping.holds import sweep_holds
from payments.services.sweeping.operators import sweep_accounts
from payments.services.sweeping.payments import sweep_payments
from payments.services.sweeping.refunds import sweep_refunds

__all__ = [
    "authorise_due",
    "remind_failed",
    "sweep_accounts",
    "sweep_holds",
    "sweep_payments",
    "sweep_refunds",
]
