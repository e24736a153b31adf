"""How an operator comes to be paid: its details, its account at Stripe, and what Stripe still asks for."""

import logging
from datetime import datetime
from typing import Any, Final, TypedDict, Unpack

import stripe
from django.conf import settings
from django.db import transaction

from accounts.models import Operator, User
from evbooking.core import audit, events
from evbooking.core.errors import Invalid
from payments.errors import AccountUnknown
from payments.gateway import FOREIGN, is_missing, stripe_calls
from payments.models import OperatorAccount
from payments.services.operator_accounts import operator_account
from payments.services.operator_details import REQUIRED, fixed, malformed, missing
from payments.vat_ids import tidy

logger = logging.getLogger(__name__)

_FLAGS: Final = (
    "details_submitted",
    "charges_enabled",
    "payouts_enabled",
    "requirements",
    "disabled_reason",
    "bank",
)
_UNKNOWN: Final = {
    "details_submitted": False,
    "charges_enabled": False,
    "payouts_enabled": False,
    "requirements": [],
    "disabled_reason": FOREIGN,
}


class Details(TypedDict):
    """Who the operator is on its documents and at Stripe; `code` begins its document numbers."""

    legal_name: str
    street: str
    postal_code: str
    city: str
    country: str
    vat_id: str
    code: str
    currency: str


@transaction.atomic
def save_details(
    operator: Operator, *, actor: User, now: datetime, **details: Unpack[Details]
) -> OperatorAccount:
    """The operator's account with these details. Raises Invalid with every field that is wrong.

    The code is fixed by the first document, country and currency by the account at Stripe.
    """
    account = _locked(operator_account(operator, now=now))
    wanted = {name: str(value).strip() for name, value in details.items()}
    wanted |= {"vat_id": tidy(wanted["vat_id"]), "code": wanted["code"].upper()}
    before = {name: getattr(account, name) for name in wanted}
    changed = {name: value for name, value in wanted.items() if value != before[name]}
    if errors := [*missing(wanted), *malformed(wanted), *fixed(account, changed)]:
        raise Invalid(errors)
    if changed:
        _assign(account, changed, now)
        audit.record(
            "operator.money_details",
            target=operator,
            actor=actor,
            before={name: before[name] for name in changed},
            after=changed,
        )
    return account


def start_onboarding(
    operator: Operator, *, actor: User, return_url: str, refresh_url: str, now: datetime
) -> str:
    """The address of Stripe's form for this operator, good for one visit within minutes.

    Makes the account at Stripe where there is none: repeated or twice at once, it is the same one. Raises Invalid
    where details are missing or Stripe refuses them, AccountUnknown, PaymentProviderUnavailable; the details stay
    saved.
    """
    account = operator_account(operator, now=now)
    if errors := missing({name: getattr(account, name) for name in REQUIRED}):
        raise Invalid(errors)
    try:
        account_id = account.stripe_id or _open_account(account, actor=actor, now=now)
    except stripe.InvalidRequestError as refused:
        raise Invalid.one("country", "refused", refused.user_message or "Stripe refused it.") from refused
    return _link(account_id, return_url, refresh_url)


def sync_operator_account(account: OperatorAccount, *, now: datetime) -> OperatorAccount:
    """Ask Stripe for the account's state and keep it; tells `operator_account.changed` when it is another.

    An account that was never opened stays as it is; one that Stripe does not know (any more) can do nothing. Raises
    PaymentProviderUnavailable.
    """
    if not account.stripe_id:
        return account
    try:
        with stripe_calls() as client:
            state = _state_of(client.v1.accounts.retrieve(account.stripe_id))
    except AccountUnknown:
        logger.error("Stripe does not know the account %s of operator %s", account.stripe_id, account.pk)  # noqa: TRY400 - no bug
        state = {**_UNKNOWN, "bank": account.bank}
    return _applied(account, state, now)


def _link(account_id: str, return_url: str, refresh_url: str) -> str:
    try:
        with stripe_calls() as client:
            link = client.v1.account_links.create(
                {
                    "account": account_id,
                    "type": "account_onboarding",
                    "return_url": return_url,
                    "refresh_url": refresh_url,
                }
            )
    except stripe.InvalidRequestError as error:
        if not is_missing(error):
            raise
        raise AccountUnknown from error
    return str(link.url)


@transaction.atomic
def _applied(account: OperatorAccount, state: dict[str, Any], now: datetime) -> OperatorAccount:
    account = _locked(account)
    changed = {name: state[name] for name in _FLAGS if state[name] != getattr(account, name)}
    if not changed:
        return account
    if "bank" in changed:
        account.bank_changed_at = now
    _assign(account, changed, now)
    events.publish(
        "operator_account.changed",
        subject=f"operator:{account.pk}",
        data={
            "operator_id": str(account.pk),
            "charges_enabled": account.charges_enabled,
            "payouts_enabled": account.payouts_enabled,
            "requirements": account.requirements,
        },
        now=now,
    )
    return account


def _open_account(account: OperatorAccount, *, actor: User, now: datetime) -> str:
    """Creates it at Stripe, paid out by hand, so that the platform can hold money back while it is disputed."""
    with stripe_calls() as client:
        made = client.v1.accounts.create(
            {
                "country": account.country,
                "default_currency": account.currency.lower(),
                "email": actor.email,
                "business_profile": _profile(account),
                "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
                "controller": {
                    "fees": {"payer": "application"},
                    "losses": {"payments": "application"},
                    "stripe_dashboard": {"type": "express"},
                },
                "settings": {"payouts": {"schedule": {"interval": "manual"}}},
                "metadata": {"operator": str(account.pk), "installation": settings.EVB_INSTALLATION},
            },
            {"idempotency_key": f"evb-account-{account.pk}"},
        )
    with transaction.atomic():
        opened = OperatorAccount.objects.filter(pk=account.pk, stripe_id=None)
        if opened.update(stripe_id=made.id, last_updated=now):
            after = {"stripe_id": made.id}
            audit.record(
                "operator.open_account", target=account.operator, actor=actor, before=None, after=after
            )
    return str(OperatorAccount.objects.values_list("stripe_id", flat=True).get(pk=account.pk))


def _profile(account: OperatorAccount) -> Any:
    profile = {"name": account.legal_name, "url": account.operator.website}
    return {name: value for name, value in profile.items() if value}


def _state_of(told: stripe.Account) -> dict[str, Any]:
    asked = told.requirements
    banks = told.external_accounts.data if told.external_accounts else []
    return {
        "details_submitted": bool(told.details_submitted),
        "charges_enabled": bool(told.charges_enabled),
        "payouts_enabled": bool(told.payouts_enabled),
        "requirements": sorted({*(asked.currently_due or []), *(asked.past_due or [])}) if asked else [],
        "disabled_reason": (asked.disabled_reason or "")[:64] if asked else "",
        "bank": _named(banks[0]) if banks else "",
    }


def _named(bank: stripe.BankAccount | stripe.Card) -> str:
    name = bank.bank_name if isinstance(bank, stripe.BankAccount) else bank.brand
    return f"{name or 'Bank account'} .... {bank.last4}"[:80]


def _locked(account: OperatorAccount) -> OperatorAccount:
    return (
        OperatorAccount.objects.select_for_update(of=("self",)).select_related("operator").get(pk=account.pk)
    )


def _assign(account: OperatorAccount, values: dict[str, Any], now: datetime) -> None:
    for name, value in values.items():
        setattr(account, name, value)
    account.last_updated = now
    account.save()
