"""Telling people: the inbox, mail, text messages and web push. A leaf: nobody imports it."""

from importlib import import_module

from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "notifications"

    def ready(self) -> None:
        """Sign-ins are allauth's to tell."""
        import_module("notifications.subscribers_money")
        import_module("notifications.subscribers_threads")
        import_module("notifications.subscribers_watches")
        import_module("notifications.subscribers_webhooks")
        import_module("notifications.checks")
        import_module("notifications.signals")
        import_module("notifications.metrics")
        from accounts import ports
        from notifications.personal import export_notifications, export_posts, export_watches, forget_person

        ports.add_export("notifications", export_notifications)
        ports.add_export("posts", export_posts)
        ports.add_export("watches", export_watches)
        ports.guard_deletion(
            forget_person
        )  # it refuses nobody; what it deletes comes back if another guard does
