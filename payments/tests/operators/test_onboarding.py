"""How an operator comes to be paid: its details, and its account at Stripe."""

from typing import Any, cast

import httpx
import pytest
import stripe

from accounts.models import Operator, User
from evbooking.core.errors import Invalid
from evbooking.core.models import AuditEntry, DomainEvent
from payments.errors import PaymentProviderUnavailable
from payments.models import OperatorAccount
from payments.sandbox.tests.running import Running
from payments.services.onboarding import Details, save_details, start_onboarding, sync_operator_account
from payments.tests.operators.conftest import DETAILS, NOW
from tests import factories

URLS = {"return_url": "http://localhost/done", "refresh_url": "http://localhost/again"}


def details(**changed: str) -> Details:
    return cast(Details, {**DETAILS, **changed})


def refused(operator: Operator, owner: User, **wrong: str) -> list[tuple[str, str]]:
    """The fields and codes of the refusal; nothing was written."""
    with pytest.raises(Invalid) as caught:
        save_details(operator, actor=owner, now=NOW, **details(**wrong))
    assert not AuditEntry.objects.filter(action="operator.money_details").exists()
    return [(error.field, error.code) for error in caught.value.errors]


def test_details_are_kept_tidied_and_audited(operator: Operator, owner: User) -> None:
    account = save_details(operator, actor=owner, now=NOW, **DETAILS)
    account.refresh_from_db()
    assert (account.legal_name, account.vat_id, account.code) == (
        "Nordström Ladenetz GmbH",
        "DE123456789",
        "NORD",
    )
    entry = AuditEntry.objects.get(action="operator.money_details")
    assert entry.after and entry.after["city"] == "Hamburg"


def test_every_missing_detail_is_named(operator: Operator, owner: User) -> None:
    empty = dict.fromkeys(("legal_name", "street", "postal_code", "city", "country"), " ")
    assert refused(operator, owner, **empty) == [
        ("legal_name", "required"),
        ("street", "required"),
        ("postal_code", "required"),
        ("city", "required"),
        ("country", "required"),
    ]


@pytest.mark.parametrize(
    ("country", "vat_id"),
    [("DE", "DE12345678"), ("AT", "DE123456789"), ("FR", "FR0123456789"), ("NL", "NL123456789")],
)
def test_a_vat_number_has_the_form_of_its_country(
    operator: Operator, owner: User, country: str, vat_id: str
) -> None:
    assert refused(operator, owner, country=country, vat_id=vat_id) == [("vat_id", "invalid")]


@pytest.mark.parametrize(
    ("country", "vat_id"),
    [
        ("AT", "ATU12345678"),
        ("FR", "FR 12 123456789"),
        ("NL", "NL123456789B01"),
        ("GR", "EL123456789"),
        ("DE", ""),
    ],
)
def test_vat_numbers_of_other_countries_are_known(
    operator: Operator, owner: User, country: str, vat_id: str
) -> None:
    account = save_details(operator, actor=owner, now=NOW, **details(country=country, vat_id=vat_id))
    assert account.vat_id == vat_id.replace(" ", "")


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"country": "XX"}, ("country", "invalid")),
        ({"currency": "XXX"}, ("currency", "invalid")),
        ({"code": "N-1"}, ("code", "invalid")),
        ({"code": "N"}, ("code", "invalid")),
        ({"city": "x" * 81}, ("city", "too_long_text")),
    ],
)
def test_what_breaks_its_form_is_refused(
    operator: Operator, owner: User, wrong: dict[str, str], code: tuple[str, str]
) -> None:
    assert refused(operator, owner, **wrong) == [code]


def test_a_code_belongs_to_one_operator(operator: Operator, owner: User) -> None:
    save_details(factories.make_operator("Other"), actor=owner, now=NOW, **DETAILS)
    with pytest.raises(Invalid) as caught:
        save_details(operator, actor=owner, now=NOW, **DETAILS)
    assert caught.value.code == "taken"
    assert OperatorAccount.objects.filter(code="NORD").count() == 1


def test_an_account_is_opened_with_payouts_by_hand(
    opened: OperatorAccount, stripe_api: stripe.StripeClient
) -> None:
    told = stripe_api.v1.accounts.retrieve(str(opened.stripe_id))
    assert told.settings and told.settings.payouts
    assert told.settings.payouts.schedule.interval == "manual"
    assert (told.country, told.default_currency) == ("DE", "eur")
    assert told.metadata and told.metadata["operator"] == str(opened.pk)


def test_starting_again_opens_no_second_account(opened: OperatorAccount, owner: User) -> None:
    first = opened.stripe_id
    url = start_onboarding(opened.operator, actor=owner, now=NOW, **URLS)
    opened.refresh_from_db()
    assert opened.stripe_id == first
    assert "/_sandbox/onboarding/" in url
    assert AuditEntry.objects.filter(action="operator.open_account").count() == 1


def test_without_details_nothing_is_opened(sandbox: Running, operator: Operator, owner: User) -> None:
    with pytest.raises(Invalid) as caught:
        start_onboarding(operator, actor=owner, now=NOW, **URLS)
    assert [error.code for error in caught.value.errors] == ["required"] * 5
    assert not OperatorAccount.objects.exclude(stripe_id=None).exists()


def test_stripe_down_loses_nothing(sandbox: Running, operator: Operator, owner: User) -> None:
    save_details(operator, actor=owner, now=NOW, **DETAILS)
    sandbox.control(
        "faults", target="api", kind="error", status=500, when="after", match="/v1/accounts", times=2
    )
    with pytest.raises(PaymentProviderUnavailable):
        start_onboarding(operator, actor=owner, now=NOW, **URLS)
    assert OperatorAccount.objects.get(pk=operator.pk).stripe_id is None
    assert OperatorAccount.objects.get(pk=operator.pk).legal_name == DETAILS["legal_name"]
    start_onboarding(operator, actor=owner, now=NOW, **URLS)
    made = [one for one in sandbox.client().v1.accounts.list({"limit": 100}).data if _belongs(one, operator)]
    assert [one.id for one in made] == [OperatorAccount.objects.get(pk=operator.pk).stripe_id]


def test_what_stripe_asks_for_is_kept_until_the_form_is_filled_in(
    sandbox: Running, opened: OperatorAccount
) -> None:
    account = sync_operator_account(opened, now=NOW)
    assert "external_account" in account.requirements
    assert (account.charges_enabled, account.payouts_enabled, account.is_ready) == (False, False, False)
    sandbox.control(f"accounts/{opened.stripe_id}/onboard")
    account = sync_operator_account(opened, now=NOW)
    assert (account.requirements, account.disabled_reason) == ([], "")
    assert (account.charges_enabled, account.payouts_enabled, account.is_ready) == (True, True, True)
    assert (account.bank, account.bank_changed_at) == ("STRIPE TEST BANK .... 3000", NOW)
    told = DomainEvent.objects.filter(type="operator_account.changed").order_by("id")
    assert [event.data["charges_enabled"] for event in told] == [False, True]


def test_the_hosted_form_comes_back_where_it_was_told_to(sandbox: Running, opened: OperatorAccount) -> None:
    owner = opened.operator.memberships.get().user
    url = start_onboarding(opened.operator, actor=owner, now=NOW, **URLS)
    answer = httpx.post(url, data={"answer": "complete"})
    assert answer.headers["Location"] == URLS["return_url"]
    again = httpx.get(url)
    assert again.headers["Location"] == URLS["refresh_url"]
    assert sync_operator_account(opened, now=NOW).is_ready


def test_country_and_currency_are_fixed_once_stripe_has_them(opened: OperatorAccount, owner: User) -> None:
    moved: Any = {**DETAILS, "country": "AT", "vat_id": "", "currency": "CHF", "city": "Wien"}
    with pytest.raises(Invalid) as caught:
        save_details(opened.operator, actor=owner, now=NOW, **moved)
    assert [(error.field, error.code) for error in caught.value.errors] == [
        ("country", "fixed"),
        ("currency", "fixed"),
    ]
    opened.refresh_from_db()
    assert (opened.country, opened.city) == ("DE", "Hamburg")


def _belongs(account: stripe.Account, operator: Operator) -> bool:
    metadata = account.metadata.to_dict() if account.metadata else {}
    return metadata.get("operator") == str(operator.pk)
