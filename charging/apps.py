from importlib import import_module

from django.apps import AppConfig


class ChargingConfig(AppConfig):
    name = "charging"

    def ready(self) -> None:
        """Show sessions live, and tell people what is kept of theirs."""
        import_module("charging.subscribers")
        from accounts import ports
        from charging.personal import export_bills, export_sessions

        ports.add_export("sessions", export_sessions)
        ports.add_export("bills", export_bills)
