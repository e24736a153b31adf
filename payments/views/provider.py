"""Where a card is entered: in Stripe's Payment Element on our page, or on the sandbox's page that stands in for it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse

View = Callable[..., HttpResponse]

STRIPE_JS: Final = "https://js.stripe.com/v3/"  # Stripe's own script may only come from Stripe (PCI DSS)
# docs.stripe.com/security/guide, Content Security Policy
STRIPE_SOURCES: Final = {
    "script-src": ["https://js.stripe.com", "https://*.js.stripe.com"],
    "frame-src": ["https://js.stripe.com", "https://*.js.stripe.com", "https://hooks.stripe.com"],
    "connect-src": ["https://api.stripe.com"],
}


def is_sandbox() -> bool:
    """Whether the sandbox's page takes the card instead of Stripe's element."""
    return bool(settings.STRIPE_SANDBOX_URL)


def pay_page(client_secret: str, return_url: str) -> str:
    """The sandbox's page for an intent; it comes back to `return_url` as Stripe does."""
    page = f"{settings.STRIPE_SANDBOX_URL}/_sandbox/pay/{quote(client_secret, safe='')}"
    return f"{page}?{urlencode({'return_url': return_url})}"


def provider_context(_request: HttpRequest | None = None) -> dict[str, Any]:
    """What templates need: the sandbox's address or, with Stripe's keys, the publishable one."""
    return {
        "sandbox_url": settings.STRIPE_SANDBOX_URL,
        "stripe_js": STRIPE_JS,
        "stripe_key": "" if is_sandbox() else settings.STRIPE_PUBLISHABLE_KEY,
    }


def enters_cards(view: View) -> View:
    """Opens the page's Content-Security-Policy for whoever takes the card, and for nobody else."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        if sources := _sources():
            response._csp_update = sources  # type: ignore[attr-defined]  # django-csp reads it
        return response

    return wrapped


def _sources() -> dict[str, list[str]]:
    if is_sandbox():  # Chromium applies form-action to the redirect that follows our form
        parts = urlsplit(settings.STRIPE_SANDBOX_URL)
        return {"form-action": [f"{parts.scheme}://{parts.netloc}"]}
    return STRIPE_SOURCES if settings.STRIPE_PUBLISHABLE_KEY else {}
