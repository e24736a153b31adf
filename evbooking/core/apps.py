"""The core: events, money, idempotency, audit, metrics, errors; knows no other app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "evbooking.core"
    label = "core"

    def ready(self) -> None:
        import_module("evbooking.core.collectors")
        import_module("evbooking.core.relay")  # the pump of the outbox
        import_module("evbooking.core.task_metrics")
        import_module("evbooking.core.api.openapi_extensions")
        autodiscover_modules("subscribers")
