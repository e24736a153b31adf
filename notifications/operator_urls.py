"""Pages of webhooks and announcements, below /operator/ and /console/."""

from django.urls import include, path

from notifications.views import announcements, webhooks

_WEBHOOK = "<uuid:webhook_id>/"
webhook_patterns = [
    path("", webhooks.home, name="home"),
    path("new/", webhooks.new, name="new"),
    path(_WEBHOOK, webhooks.detail, name="detail"),
    path(f"{_WEBHOOK}edit/", webhooks.edit, name="edit"),
    path(f"{_WEBHOOK}remove/", webhooks.remove, name="remove"),
    path(f"{_WEBHOOK}switch/", webhooks.switch, name="switch"),
    path(f"{_WEBHOOK}rotate/", webhooks.rotate, name="rotate"),
    path(f"{_WEBHOOK}ping/", webhooks.send_ping, name="ping"),
    path(f"{_WEBHOOK}deliveries/<uuid:line_id>/redeliver/", webhooks.send_again, name="redeliver"),
]
urlpatterns = [
    path("operator/webhooks/", include((webhook_patterns, "webhooks"))),
    path("operator/announcements/", announcements.by_operator, name="announcements"),
    path("console/announcements/", announcements.by_administrators, name="console-announcements"),
]
