"""Payouts by the clock: the weekly run, those that failed and may be tried again, those that nobody told about."""

from datetime import datetime
from functools import partial
from typing import Final

from payments.errors import NothingToPayOut, PayoutUnderWay
from payments.models import OperatorAccount, Payout
from payments.services.payouts.requesting import request_payout
from payments.services.payouts.sending import sync_payout
from payments.services.sweeping.batches import each

Status = Payout.Status
_FAILED: Final = (Status.FAILED, Status.CANCELED)
_UNDER_WAY: Final = (Status.PENDING, Status.IN_TRANSIT)


def pay_out_due(now: datetime) -> int:
    """Pay out every operator that has something to get; how many were.

    One whose last payout came back waits until its bank details change (`retry_failed`) or somebody asks by hand.
    """
    return each((one for one in _enabled() if _came_back(one) is None), partial(_pay_out, now=now))


def retry_failed(now: datetime) -> int:
    """Pay out again where the last payout came back and the bank details changed since; how many were."""
    returned = ((account, _came_back(account)) for account in _enabled())
    mended = (account for account, last in returned if last is not None and _has_new_bank(account, last))
    return each(mended, partial(_pay_out, now=now))


def sweep_payouts(now: datetime) -> int:
    """Ask Stripe about payouts that are not at their end; how many. Where it is down, the next run asks."""
    under_way = Payout.objects.filter(status__in=_UNDER_WAY).select_related("account__operator")
    return each(under_way, partial(sync_payout, now=now))


def _enabled() -> list[OperatorAccount]:
    """The accounts that Stripe pays out."""
    return list(OperatorAccount.objects.filter(payouts_enabled=True).select_related("operator"))


def _came_back(account: OperatorAccount) -> Payout | None:
    """The last payout that got as far as Stripe, if the bank did not take it."""
    last = account.payouts.exclude(stripe_id=None).first()
    return last if last is not None and last.status in _FAILED else None


def _has_new_bank(account: OperatorAccount, last: Payout) -> bool:
    return account.bank_changed_at is not None and account.bank_changed_at > last.last_updated


def _pay_out(account: OperatorAccount, *, now: datetime) -> bool:
    try:
        request_payout(account, actor=None, now=now)
    except (NothingToPayOut, PayoutUnderWay):
        return False
    return True
