"""Mistakes in the Stripe settings, found when a process starts instead of when a driver pays."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

LIVE = ("sk_live_", "rk_live_")
TEST = ("sk_test_", "rk_test_")


@register("payments")
def check_stripe_settings(app_configs: Any, **options: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's form
    """All keys or none, of one mode, and no live key where no real money may move. Keys are never shown."""
    return list(
        _without_secret() if not settings.STRIPE_SECRET_KEY else _with_secret(settings.STRIPE_SECRET_KEY)
    )


def _without_secret() -> Iterator[CheckMessage]:
    names = ("STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET", "STRIPE_API_BASE")
    if given := [name for name in names if getattr(settings, name)]:
        yield Error(
            f"{', '.join(given)} is set, STRIPE_SECRET_KEY is not: nothing can be paid online.",
            hint="Set STRIPE_SECRET_KEY too, or none of them.",
            id="payments.E001",
        )


def _with_secret(secret: str) -> Iterator[CheckMessage]:
    if not secret.startswith(LIVE + TEST):
        yield Error(
            "STRIPE_SECRET_KEY is no secret key of Stripe.",
            hint="It begins with sk_live_ or sk_test_ (or rk_ for a restricted one).",
            id="payments.E002",
        )
    if missing := [
        name for name in ("STRIPE_PUBLISHABLE_KEY", "STRIPE_WEBHOOK_SECRET") if not getattr(settings, name)
    ]:
        yield Error(
            f"STRIPE_SECRET_KEY is set, {' and '.join(missing)} is missing.",
            hint="Without them no card can be entered, and no event is believed; Stripe's dashboard shows them.",
            id="payments.E003",
        )
    live = secret.startswith(LIVE)
    publishable = settings.STRIPE_PUBLISHABLE_KEY
    if publishable and publishable.startswith("pk_live_") != live:
        yield Error(
            "STRIPE_SECRET_KEY and STRIPE_PUBLISHABLE_KEY are not of the same mode.",
            hint="Both are live keys or both are test keys.",
            id="payments.E004",
        )
    if live and settings.STRIPE_API_BASE:
        yield Error(
            "STRIPE_SECRET_KEY is a live key and STRIPE_API_BASE names another server than Stripe.",
            hint="Unset STRIPE_API_BASE: it is for the sandbox.",
            id="payments.E005",
        )
    if live and settings.EVB_DEMO:
        yield Error(
            "STRIPE_SECRET_KEY is a live key and EVB_DEMO=1, whose passwords are public.",
            hint="Use test keys, or no keys and the sandbox.",
            id="payments.E006",
        )
