"""API operations of this app, below /api/v1/."""

from django.urls import path

from notifications.api import views

urlpatterns = [
    path("notifications", views.NotificationsView.as_view(), name="notifications"),
    path("notifications/read", views.ReadView.as_view(), name="notifications-read"),
    path("notification-preferences", views.PreferencesView.as_view(), name="notification-preferences"),
    path("devices", views.DevicesView.as_view(), name="devices"),
]
