"""Refusals of payments by their API codes."""

from evbooking.core.errors import DomainError


class PaymentProviderUnavailable(DomainError):
    """503: Stripe did not answer; nothing was lost, the same request may be sent again."""

    status = 503
    code = "payment_provider_unavailable"
    title = "Payments are not reachable at the moment. Your slot is kept; try again shortly."


class PaymentNotRequired(DomainError):
    code = "payment_not_required"
    title = "There is nothing to pay for this booking now."


class AlreadySecured(DomainError):
    code = "already_secured"
    title = "The payment of this booking is already secured."
