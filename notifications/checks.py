"""Mistakes in the settings of webhooks, found when a process starts."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register("notifications")
def check_webhook_settings(app_configs: Any, **options: Any) -> list[CheckMessage]:  # noqa: ARG001 - Django's form
    """Webhooks reach this very machine only where it is a demo or a developer's."""
    if not settings.EVB_WEBHOOK_LOOPBACK or not settings.SECURE_ORIGIN:
        return []
    return [
        Error(
            "WEBHOOK_LOOPBACK lets operators send requests to this machine.",
            hint="Unset it: it is for demos and tests.",
            id="notifications.E001",
        )
    ]
