from importlib import import_module

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "payments"

    def ready(self) -> None:
        """Register the checks of the settings; listen to bills and bookings."""
        import_module("payments.checks")
        import_module("payments.collectors")
        import_module("payments.documents.subscribers")
        import_module("payments.ledger.subscribers")
