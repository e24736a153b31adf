"""API operations of this app, below /api/v1/."""

from django.urls import include, path

from notifications.api import announcements, views, watches, webhooks

_WEBHOOK = "operator/webhooks/<uuid:webhook_id>"

urlpatterns = [
    path("notifications", views.NotificationsView.as_view(), name="notifications"),
    path("notifications/read", views.ReadView.as_view(), name="notifications-read"),
    path("notification-preferences", views.PreferencesView.as_view(), name="notification-preferences"),
    path("devices", views.DevicesView.as_view(), name="devices"),
    path("", include("notifications.api.threads.urls")),
    path("watches", watches.WatchesView.as_view(), name="watches"),
    path("watches/<uuid:watch_id>", watches.WatchView.as_view(), name="watch"),
    path("operator/webhooks", webhooks.WebhooksView.as_view(), name="operator-webhooks"),
    path(_WEBHOOK, webhooks.WebhookView.as_view(), name="operator-webhook"),
    path(f"{_WEBHOOK}/rotate", webhooks.RotateView.as_view(), name="operator-webhook-rotate"),
    path(f"{_WEBHOOK}/ping", webhooks.PingView.as_view(), name="operator-webhook-ping"),
    path(f"{_WEBHOOK}/deliveries", webhooks.DeliveriesView.as_view(), name="operator-webhook-deliveries"),
    path(
        f"{_WEBHOOK}/deliveries/<uuid:delivery_id>/redeliver",
        webhooks.RedeliverView.as_view(),
        name="operator-webhook-redeliver",
    ),
    path("operator/announcements", announcements.AnnouncementsView.as_view(), name="operator-announcements"),
    path("admin/announcements", announcements.AdminAnnouncementsView.as_view(), name="admin-announcements"),
]
