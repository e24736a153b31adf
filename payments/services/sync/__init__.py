"""What Stripe says of a payment, applied: to its row, its booking, the books and whoever listens."""

from payments.services.sync.asking import give_back_unused, release_payment, sync_payment

__all__ = ["give_back_unused", "release_payment", "sync_payment"]
