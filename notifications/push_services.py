"""The push services that browsers use: a subscription names the address we call, so only these are called."""

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

KNOWN: Final = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "notify.windows.com",
    "push.apple.com",
)


def may_push_to(endpoint: str) -> bool:
    """Whether this is an https address of a known push service, or an address of the sandbox."""
    sandbox = settings.MESSAGE_SANDBOX_URL
    if sandbox and endpoint.startswith(f"{sandbox}/push/"):
        return True
    parts = urlsplit(endpoint)
    host = parts.hostname or ""
    known = any(host == name or host.endswith(f".{name}") for name in KNOWN)
    return parts.scheme == "https" and parts.port in {None, 443} and known and not parts.username
