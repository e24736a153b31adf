"""What Stripe says of a payment, applied: to its row, its booking, the books and whoever listens."""

from payments.services.sync.asking import release_payment, sync_payment

__all__ = ["release_payment", "sync_payment"]
