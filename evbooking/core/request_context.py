"""Who is asking, by network address: set for each request, read where a fact is recorded."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest

_address: ContextVar[str | None] = ContextVar("address", default=None)


def client_address(request: HttpRequest) -> str | None:
    """The caller's IP address, seen past TRUSTED_PROXY_COUNT proxies; None when it is not a valid address."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUSTED_PROXY_COUNT:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
        if len(hops) >= settings.TRUSTED_PROXY_COUNT:
            address = hops[-settings.TRUSTED_PROXY_COUNT]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


def current_address() -> str | None:
    """The address of the request being served; None in tasks and commands."""
    return _address.get()


@contextmanager
def serving(address: str | None) -> Iterator[None]:
    """Make `address` the current one for the duration of a request."""
    token = _address.set(address)
    try:
        yield
    finally:
        _address.reset(token)
