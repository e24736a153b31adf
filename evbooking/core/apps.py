"""The core: events, money, idempotency, audit, metrics, errors; knows no other app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "evbooking.core"
    label = "core"

    def ready(self) -> None:
        autodiscover_modules("subscribers")
