from importlib import import_module

from django.apps import AppConfig


class BookingsConfig(AppConfig):
    name = "bookings"

    def ready(self) -> None:
        """Listen to stations, and have a say in the accounts of drivers."""
        import_module("bookings.subscribers")
        import_module("bookings.subscribers_read")
        import_module("bookings.subscribers_waitlist")
        from accounts import ports
        from bookings.personal import (
            export_bookings,
            export_calendars,
            export_series,
            export_waitlist,
            forget_calendars,
            refuse_with_open_bookings,
        )

        ports.guard_deletion(refuse_with_open_bookings)
        ports.guard_deletion(forget_calendars)
        ports.add_export("bookings", export_bookings)
        ports.add_export("series", export_series)
        ports.add_export("waitlist", export_waitlist)
        ports.add_export("calendars", export_calendars)
