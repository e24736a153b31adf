"""Refusals of payments by their API codes."""

from evbooking.core.errors import DomainError


class PaymentProviderUnavailable(DomainError):
    """503: Stripe did not answer; nothing was lost, the same request may be sent again."""

    status = 503
    code = "payment_provider_unavailable"
    title = "Payments are not reachable at the moment. Nothing is lost: try again shortly."


class PaymentNotRequired(DomainError):
    code = "payment_not_required"
    title = "There is nothing to pay for this booking now."


class AlreadySecured(DomainError):
    code = "already_secured"
    title = "The payment of this booking is already secured."


class PaymentRefused(DomainError):
    """409: Stripe takes no such payment (its amount, its currency, whom it goes to); the detail is Stripe's."""

    code = "payment_refused"
    title = "This payment cannot be taken."


class PlanLimit(DomainError):
    """409: the operator's plan has no room for one more; the detail says how to get it."""

    code = "plan_limit"
    title = "Your plan has no room for this."


class PaymentsNotReady(DomainError):
    """409: the operator's account at Stripe is not finished."""

    code = "payments_not_ready"
    title = "The account for online payments is not finished."


class AccountUnknown(PaymentsNotReady):
    """409: Stripe does not know the operator's account (any more), as after a change of the platform's own account."""

    title = "Stripe does not know this operator's account. Write to us: it has to be opened anew."


class NothingToPayOut(DomainError):
    code = "nothing_to_pay_out"
    title = "There is nothing to pay out at the moment."


class PayoutUnderWay(DomainError):
    code = "payout_under_way"
    title = "A payout is being sent already."


class BadWebhook(DomainError):
    """400: nothing of it was stored."""

    status = 400
    code = "bad_webhook"
    title = "The event is not signed by Stripe, is too old, or is none."
