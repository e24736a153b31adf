"""The check of the books: balanced, as the bills say, as the rows say, and as Stripe says."""

from payments.ledger.checking.check import check_ledger
from payments.ledger.checking.difference import Difference

__all__ = ["Difference", "check_ledger"]
