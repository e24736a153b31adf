"""Addresses of the waiting list, below /api/v1/."""

from django.urls import path

from bookings.api.waitlist import reports, views

urlpatterns = [
    path("waitlist", views.WaitlistView.as_view(), name="waitlist"),
    path("waitlist/<str:entry_id>", views.EntryView.as_view(), name="waitlist-entry"),
    path("waitlist/<str:entry_id>/accept", views.AcceptView.as_view(), name="waitlist-accept"),
    path("waitlist/<str:entry_id>/snooze", views.SnoozeView.as_view(), name="waitlist-snooze"),
    path("waitlist/<str:entry_id>/decline", views.DeclineView.as_view(), name="waitlist-decline"),
    path("operator/reports/waitlist", reports.QueuesView.as_view(), name="operator-waitlist"),
]
