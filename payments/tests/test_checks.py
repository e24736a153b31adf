"""Mistakes in the Stripe settings by the names of their checks."""

import pytest
from pytest_django import Settings

from payments.checks import check_stripe_settings

NOTHING = dict.fromkeys(
    ("STRIPE_SECRET_KEY", "STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE"), ""
)
TEST = {
    "STRIPE_SECRET_KEY": "sk_test_a",
    "STRIPE_PUBLISHABLE_KEY": "pk_test_a",
    "STRIPE_WEBHOOK_SECRET": "whsec_a",
}
LIVE = {**TEST, "STRIPE_SECRET_KEY": "sk_live_a", "STRIPE_PUBLISHABLE_KEY": "pk_live_a"}
SANDBOX = {"STRIPE_API_BASE": "http://127.0.0.1:12111"}


def found(settings: Settings, given: dict[str, object]) -> list[str | None]:
    for name, value in {**NOTHING, "EVB_DEMO": False, **given}.items():
        setattr(settings, name, value)
    return [message.id for message in check_stripe_settings(None)]


@pytest.mark.parametrize(
    "given", [{}, TEST, LIVE, {**TEST, **SANDBOX}, {**TEST, **SANDBOX, "EVB_DEMO": True}]
)
def test_all_keys_or_none_are_fine(settings: Settings, given: dict[str, object]) -> None:
    assert found(settings, given) == []


@pytest.mark.parametrize(
    ("given", "identifier"),
    [
        ({"STRIPE_WEBHOOK_SECRET": "whsec_a"}, "payments.E001"),
        (SANDBOX, "payments.E001"),
        ({**TEST, "STRIPE_SECRET_KEY": "pk_test_a"}, "payments.E002"),
        ({**TEST, "STRIPE_PUBLISHABLE_KEY": ""}, "payments.E003"),
        ({**TEST, "STRIPE_WEBHOOK_SECRET": ""}, "payments.E003"),
        ({**TEST, "STRIPE_PUBLISHABLE_KEY": "pk_live_a"}, "payments.E004"),
        ({**LIVE, **SANDBOX}, "payments.E005"),
        ({**LIVE, "EVB_DEMO": True}, "payments.E006"),
    ],
)
def test_a_half_configured_stripe_is_an_error(
    settings: Settings, given: dict[str, object], identifier: str
) -> None:
    assert found(settings, given) == [identifier]


def test_no_message_shows_a_key(settings: Settings) -> None:
    for name, value in {**LIVE, **SANDBOX, "EVB_DEMO": True}.items():
        setattr(settings, name, value)
    assert not [one for one in check_stripe_settings(None) if "_live_a" in f"{one.msg} {one.hint}"]
