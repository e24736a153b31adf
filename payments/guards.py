"""What money has to say about stations and accounts: the guards that AppConfig.ready() registers in their ports."""

from django.conf import settings

from accounts.models import Operator
from evbooking.core.errors import Invalid
from payments.models import OperatorAccount


def refuse_unpayable(operator: Operator, currency: str | None) -> None:
    """The guard of stations.ports.guard_online_payment: raises Invalid at `payment` with what is to be done first."""
    if not settings.EVB_PAYMENTS:
        raise Invalid.one("payment", "invalid", "Online payment is not available here.")
    account = OperatorAccount.objects.filter(pk=operator.pk).first()
    if account is None or not account.is_ready:
        raise _not_ready("Finish the account for online payments first, under Money.")
    if currency is not None and currency != account.currency:
        raise _not_ready(
            f"The account is in {account.currency}, the tariff in {currency}: they must be the same."
        )


def _not_ready(words: str) -> Invalid:
    return Invalid.one("payment", "payments_not_ready", words)
